using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials.Dcc;

namespace SmartCity.HealthCode.Credentials.Cose;

/// <summary>A public key that is trusted to sign credentials, with the limits of that trust.</summary>
public sealed class VerificationKey
{
    private const int SmallestRsaBits = 2048;

    // eHN HCERT 1.0.5 §3.2.1 asks for P-256; some countries sign ES256 on a larger curve, which RFC 9053 §2.1 allows.
    private static readonly string?[] Curves =
        [ECCurve.NamedCurves.nistP256.Oid.Value, ECCurve.NamedCurves.nistP384.Oid.Value, ECCurve.NamedCurves.nistP521.Oid.Value];

    // The platform does not promise that one key object serves two threads at once, and gates verify on all of them.
    private readonly ThreadLocal<AsymmetricAlgorithm> _key;

    /// <summary>Takes a key into trust.</summary>
    /// <param name="id">The name under which credentials refer to it.</param>
    /// <param name="subjectPublicKeyInfo">The public key in DER (RFC 5280 §4.1): P-256 (or a larger NIST curve), or RSA of 2048 bits or more.</param>
    /// <param name="algorithm">The only algorithm it is used with, whatever a message says.</param>
    /// <exception cref="CryptographicException">The key is not of the algorithm's kind or too weak.</exception>
    public VerificationKey(KeyId id, ReadOnlyMemory<byte> subjectPublicKeyInfo, SignatureAlgorithm algorithm = SignatureAlgorithm.Es256)
    {
        Id = id;
        Algorithm = algorithm;
        SubjectPublicKeyInfo = subjectPublicKeyInfo;
        _key = new(() => Import(subjectPublicKeyInfo.Span, algorithm));
        using var checkedNow = Import(subjectPublicKeyInfo.Span, algorithm);
    }

    /// <summary>The name under which credentials refer to the key.</summary>
    public KeyId Id { get; }

    /// <summary>The only algorithm the key is used with.</summary>
    public SignatureAlgorithm Algorithm { get; }

    /// <summary>The public key in DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Start of the time in which it may sign, included.</summary>
    public DateTimeOffset NotBefore { get; init; } = DateTimeOffset.MinValue;

    /// <summary>End of the time in which it may sign, included as in X.509 (RFC 5280 §4.1.2.5).</summary>
    public DateTimeOffset NotAfter { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Which European certificates it may sign; the city's own code is not one of them.</summary>
    public CertificateKinds MaySign { get; init; } = CertificateKinds.All;

    /// <summary>Whether the signature is by this key. Malformed signatures are simply wrong.</summary>
    /// <param name="digest">The SHA-256 hash of what was signed.</param>
    /// <param name="signature">ES256: r and s, each as long as the curve's order (RFC 9053 §2.1); PS256: as long as the modulus.</param>
    public bool VerifyDigest(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => _key.Value switch
    {
        ECDsa ecdsa => ecdsa.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        RSA rsa => rsa.VerifyHash(digest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => false,
    };

    private static AsymmetricAlgorithm Import(ReadOnlySpan<byte> subjectPublicKeyInfo, SignatureAlgorithm algorithm)
    {
        if (algorithm == SignatureAlgorithm.Es256)
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
            return Curves.Contains(ecdsa.ExportParameters(false).Curve.Oid.Value)
                ? ecdsa
                : throw new CryptographicException("ES256 needs a key on P-256 or a larger NIST curve.");
        }
        var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return rsa.KeySize >= SmallestRsaBits ? rsa : throw new CryptographicException("PS256 needs an RSA key of 2048 bits or more.");
    }
}
