using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.HealthCode.Credentials;

/// <summary>
/// Names a credential for revocation by a hash over what was signed. Hashes over the signature or the QR code would not do: (r, s) and
/// (r, n-s) are both valid ECDSA signatures, and zlib, Base45's input and unprotected headers can be rewritten by anyone.
/// </summary>
/// <param name="Value">The first 16 bytes of a SHA-256 hash.</param>
public readonly record struct RevocationId(UInt128 Value)
{
    /// <summary>One message as it was signed.</summary>
    /// <param name="digest">The SHA-256 hash of its Sig_structure (RFC 9052 §4.4), which is what the signature is over.</param>
    public static RevocationId OfSigned(ReadOnlySpan<byte> digest) => new(BinaryPrimitives.ReadUInt128BigEndian(digest));

    /// <summary>Every certificate, however often signed anew, with this identifier from this country.</summary>
    /// <param name="issuer">The country's code.</param>
    /// <param name="certificateId">The UVCI.</param>
    public static RevocationId OfCertificate(string issuer, string certificateId) =>
        Of("smartcity-revocation:certificate\0"u8, Encoding.UTF8.GetBytes($"{issuer}\0{certificateId}"));

    /// <summary>A city code.</summary>
    /// <param name="codeId">The code's id, which is part of what is signed.</param>
    public static RevocationId OfCityCode(Guid codeId) => Of("smartcity-revocation:city\0"u8, codeId.ToByteArray(bigEndian: true));

    // The domain keeps one kind of content from being taken for another.
    private static RevocationId Of(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData([.. domain, .. content], digest);
        return OfSigned(digest);
    }
}
