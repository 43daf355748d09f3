using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SmartCity.Verify;

/// <summary>The city's public keys (RFC 7517, P-256), and what they open.</summary>
public sealed class JwkSet
{
    private readonly IReadOnlyDictionary<string, ECParameters> keys;

    private JwkSet(IReadOnlyDictionary<string, ECParameters> keys) => this.keys = keys;

    /// <summary>Gets the published set.</summary>
    /// <param name="http">Reaches the city.</param>
    /// <param name="address">Where it is published.</param>
    public static async Task<JwkSet> FetchAsync(HttpClient http, Uri address)
    {
        var set = await http.GetFromJsonAsync<JsonElement>(address);
        return new JwkSet(set.GetProperty("keys").EnumerateArray().ToDictionary(
            key => key.GetProperty("kid").GetString()!,
            key => new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()) },
            }));
    }

    /// <summary>The content of a compact JWS (RFC 7515) with ES256; null where no key of the set signed it.</summary>
    /// <param name="jws">The text.</param>
    public JsonElement? Open(string jws)
    {
        if (jws.Split('.') is not [var header, var content, var signature] || !new[] { header, content, signature }.All(part => Base64Url.IsValid(part))) return null;
        var protectedHeader = JsonElement.Parse(Base64Url.DecodeFromChars(header));
        if (protectedHeader.GetProperty("alg").GetString() != "ES256" || !keys.TryGetValue(protectedHeader.GetProperty("kid").GetString() ?? "", out var key)) return null;
        using var ecdsa = ECDsa.Create(key);
        return ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{header}.{content}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256)
            ? JsonElement.Parse(Base64Url.DecodeFromChars(content))
            : null;
    }
}
