using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace SmartCity.Signing;

/// <summary>A JWK Set (RFC 7517 §5).</summary>
/// <param name="Keys">The keys that signatures may be checked with.</param>
public sealed record KeySet([property: JsonPropertyName("keys")] IReadOnlyList<PublicKey> Keys);

/// <summary>An ES256 key, its public part (RFC 7518 §6.2.1).</summary>
/// <param name="Kid">Its thumbprint (RFC 7638).</param>
/// <param name="X">32 bytes in Base64url.</param>
/// <param name="Y">32 bytes in Base64url.</param>
public sealed record PublicKey(
    [property: JsonPropertyName("kid")] string Kid, [property: JsonPropertyName("x")] string X, [property: JsonPropertyName("y")] string Y)
{
    /// <summary>Always EC.</summary>
    [JsonPropertyName("kty")]
    public string Kty => "EC";

    /// <summary>Always P-256.</summary>
    [JsonPropertyName("crv")]
    public string Crv => "P-256";

    /// <summary>Always for signatures.</summary>
    [JsonPropertyName("use")]
    public string Use => "sig";

    /// <summary>Always ES256.</summary>
    [JsonPropertyName("alg")]
    public string Alg => "ES256";

    /// <summary>The key ready to check signatures; dispose of it.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    /// <exception cref="FormatException">A coordinate is not Base64url.</exception>
    public ECDsa Open() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(X), Y = Base64Url.DecodeFromChars(Y) },
    });
}
