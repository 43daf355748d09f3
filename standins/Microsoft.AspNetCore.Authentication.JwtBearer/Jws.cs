using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>RFC 7515 compact serialisation, ES256 only. The header chooses nothing but the key's id and the type.</summary>
internal sealed record Jws(string? KeyId, string? Type, byte[] Payload, byte[] Signed, byte[] Signature)
{
    public const string Algorithm = "ES256";
    private const int SignatureLength = 64;

    public static Jws Parse(string token)
    {
        var parts = token.Split('.', 4);
        if (parts.Length != 3 || !TryDecode(parts[0], out var header) || !TryDecode(parts[1], out var payload)
            || !TryDecode(parts[2], out var signature) || signature.Length != SignatureLength)
            throw Malformed();

        try
        {
            using var document = StrictJson.Object(header);
            var root = document.RootElement;
            // An extension that must be understood is refused; keys that the token itself brings (jwk, jku, x5c, x5u) are never read.
            if (StrictJson.String(root, "alg") != Algorithm || root.TryGetProperty("crit", out _))
                throw new SecurityTokenException("The signature algorithm is not accepted");
            return new Jws(
                StrictJson.String(root, "kid"), StrictJson.String(root, "typ"), payload,
                Encoding.ASCII.GetBytes(token, 0, parts[0].Length + 1 + parts[1].Length), signature);
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    public bool IsSignedBy(SecurityKey key)
    {
        // One instance per check: ECDsa instances are not promised to be safe for several threads.
        using var ecdsa = ECDsa.Create(key.PublicPoint);
        return ecdsa.VerifyData(Signed, Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Base64url in its one canonical form: no padding, no white space, no stray trailing bits.</summary>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text))
            return false;
        bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text;
    }

    public static SecurityTokenException Malformed() => new("The token is malformed");
}
