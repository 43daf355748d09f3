using System.Security.Cryptography;

namespace SmartCity.HealthCode.Credentials.Cose;

/// <summary>A key identifier as in COSE header parameter 4 (RFC 9052 §3.1). Not a secret and not unique: it only names candidates.</summary>
/// <param name="Base64">The bytes in Base64, as trust lists print them.</param>
public readonly record struct KeyId(string Base64)
{
    /// <summary>The identifier with these bytes.</summary>
    /// <param name="bytes">Bytes of the header parameter.</param>
    public static KeyId From(ReadOnlySpan<byte> bytes) => new(Convert.ToBase64String(bytes));

    /// <summary>The first eight bytes of the SHA-256 hash (eHN HCERT 1.0.5 §3.2.2).</summary>
    /// <param name="encodedKey">A certificate in DER; for a key of the city's own, its SubjectPublicKeyInfo.</param>
    public static KeyId Of(ReadOnlySpan<byte> encodedKey) => From(SHA256.HashData(encodedKey).AsSpan(0, 8));

    /// <summary>The identifier's bytes.</summary>
    public byte[] ToBytes() => Convert.FromBase64String(Base64);

    /// <inheritdoc/>
    public override string ToString() => Base64;
}
