using System.Security.Cryptography;

namespace SmartCity.Signing;

/// <summary>A key ready to sign; opening one costs more than a signature. Safe for several threads.</summary>
public sealed class OpenedKey : IScheduledKey
{
    private readonly ECDsa ecdsa;
    private readonly Lock gate = new();

    internal OpenedKey(SigningKey kept, ECDsa ecdsa) => (Kept, this.ecdsa) = (kept, ecdsa);

    /// <summary>The key as it is kept.</summary>
    public SigningKey Kept { get; }

    /// <inheritdoc />
    public DateTimeOffset SignsFrom => Kept.SignsFrom;

    /// <summary>Signs with ES256: SHA-256, the signature as two numbers of 32 bytes one after the other (RFC 7518 §3.4).</summary>
    public byte[] Sign(byte[] content)
    {
        // ECDsa instances are not promised to be safe for several threads.
        lock (gate) return ecdsa.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>A copy of the key for one thread of its own, or for a signature that is not JOSE; dispose of it.</summary>
    public ECDsa Copy() => ECDsa.Create(ecdsa.ExportParameters(includePrivateParameters: true));
}
