using System.Security.Cryptography;

namespace SmartCity.EarlyWarning.Cap;

/// <summary>ECDSA with SHA-256 for the framework's XML-DSig (RFC 4051 §2.3.6); made by name, and therefore public.</summary>
public sealed class EcdsaSha256 : SignatureDescription
{
    /// <summary>The algorithm's name in XML.</summary>
    public const string Uri = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

    /// <summary>Describes the algorithm.</summary>
    public EcdsaSha256() => (KeyAlgorithm, DigestAlgorithm) = (typeof(ECDsa).AssemblyQualifiedName, typeof(SHA256).AssemblyQualifiedName);

    /// <inheritdoc />
    public override HashAlgorithm CreateDigest() => SHA256.Create();

    /// <inheritdoc />
    public override AsymmetricSignatureFormatter CreateFormatter(AsymmetricAlgorithm key) => new Formatter((ECDsa)key);

    /// <inheritdoc />
    public override AsymmetricSignatureDeformatter CreateDeformatter(AsymmetricAlgorithm key) => new Deformatter((ECDsa)key);

    private sealed class Formatter(ECDsa key) : AsymmetricSignatureFormatter
    {
        public override byte[] CreateSignature(byte[] rgbHash) => key.SignHash(rgbHash);

        public override void SetHashAlgorithm(string strName)
        {
        }

        public override void SetKey(AsymmetricAlgorithm key)
        {
        }
    }

    private sealed class Deformatter(ECDsa key) : AsymmetricSignatureDeformatter
    {
        public override bool VerifySignature(byte[] rgbHash, byte[] rgbSignature) => key.VerifyHash(rgbHash, rgbSignature);

        public override void SetHashAlgorithm(string strName)
        {
        }

        public override void SetKey(AsymmetricAlgorithm key)
        {
        }
    }
}
