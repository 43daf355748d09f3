using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SmartCity.HealthCode.Credentials;

/// <summary>ECDSA on P-256 with SHA-256 for signatures that arrive in either of the two encodings in use.</summary>
public static class EcdsaSignature
{
    private const int ScalarLength = 32;

    /// <summary>Whether the signature is right. Any other bytes, also malformed ones, are simply wrong.</summary>
    /// <param name="key">A public key on P-256.</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">r and s of 32 bytes each (IEEE P1363, RFC 9053 §2.1).</param>
    public static bool VerifyP1363(ECDsa key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == 2 * ScalarLength
        && key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Whether the signature is right, in DER as X.509 and many libraries write it.</summary>
    /// <param name="key">A public key on P-256.</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">SEQUENCE of INTEGER r and INTEGER s (RFC 3279 §2.2.3), in strict DER (X.690 §10).</param>
    public static bool VerifyDer(ECDsa key, ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature) =>
        TryToP1363(signature, out var fixedFields) && VerifyP1363(key, data, fixedFields);

    private static bool TryToP1363(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out byte[]? fixedFields)
    {
        fixedFields = new byte[2 * ScalarLength];
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var right = TryScalar(sequence, fixedFields.AsSpan(0, ScalarLength)) && TryScalar(sequence, fixedFields.AsSpan(ScalarLength));
            sequence.ThrowIfNotEmpty();
            return right;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool TryScalar(AsnReader sequence, Span<byte> target)
    {
        var integer = sequence.ReadIntegerBytes().Span;
        if ((integer[0] & 0x80) != 0)
            return false;
        if (integer[0] == 0)
            integer = integer[1..];
        if (integer.Length > target.Length)
            return false;
        integer.CopyTo(target[(target.Length - integer.Length)..]);
        return true;
    }
}
