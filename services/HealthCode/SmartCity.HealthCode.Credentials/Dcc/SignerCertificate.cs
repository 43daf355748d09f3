using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials.Dcc;

/// <summary>Document signer certificates of issuing countries (eHN HCERT 1.0.5 §5).</summary>
public static class SignerCertificate
{
    private const string EllipticCurveKey = "1.2.840.10045.2.1";

    // The registered arc, and the one that stands in published certificates of the first months.
    private static readonly string[] UsageArcs = ["1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1."];

    /// <summary>Takes the key of a certificate into trust. Whoever calls has checked where the certificate comes from.</summary>
    /// <param name="certificate">X.509 in DER.</param>
    /// <returns>The key under its certificate's id (§3.2.2), limited to the certificate's period and extended key usages.</returns>
    /// <exception cref="CryptographicException">Not a certificate, or its key is neither on a NIST curve nor RSA of 2048 bits or more.</exception>
    public static VerificationKey ToKey(ReadOnlySpan<byte> certificate)
    {
        using var x509 = X509CertificateLoader.LoadCertificate(certificate);
        var algorithm = x509.PublicKey.Oid.Value == EllipticCurveKey ? SignatureAlgorithm.Es256 : SignatureAlgorithm.Ps256;
        return new(KeyId.Of(certificate), x509.PublicKey.ExportSubjectPublicKeyInfo(), algorithm)
        {
            NotBefore = x509.NotBefore,
            NotAfter = x509.NotAfter,
            MaySign = UsagesOf(x509),
        };
    }

    // A certificate that names no usage may sign everything; one that does, only what it names (RFC 5280 §4.2.1.12).
    private static CertificateKinds UsagesOf(X509Certificate2 x509)
    {
        if (x509.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { EnhancedKeyUsages: { Count: > 0 } usages })
            return CertificateKinds.All;
        var kinds = CertificateKinds.None;
        foreach (var usage in usages)
        {
            if (UsageArcs.FirstOrDefault(arc => usage.Value!.StartsWith(arc, StringComparison.Ordinal)) is not { } arc)
                continue;
            kinds |= usage.Value![arc.Length..] switch
            {
                "1" => CertificateKinds.Test,
                "2" => CertificateKinds.Vaccination,
                "3" => CertificateKinds.Recovery,
                _ => CertificateKinds.None,
            };
        }
        return kinds;
    }
}
