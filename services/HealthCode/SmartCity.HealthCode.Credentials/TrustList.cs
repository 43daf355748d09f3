using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Credentials.Dcc;

namespace SmartCity.HealthCode.Credentials;

/// <summary>The keys that gates trust, as they are handed out: signed by a key that a gate was given when it was set up.</summary>
/// <param name="Keys">All keys, also those that only verify what they signed before.</param>
/// <param name="IssuedAt">Whole seconds.</param>
/// <param name="ValidUntil">By when gates must have a newer one; excluded.</param>
public sealed record TrustList(IReadOnlyList<VerificationKey> Keys, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil)
{
    private const long KeysClaim = -65542;
    private const long Forever = 253_402_300_799;

    /// <summary>Signs the list: a CWT (RFC 8392) in COSE_Sign1 with ES256 (RFC 9052 §4.2).</summary>
    /// <param name="key">A private key on P-256.</param>
    /// <param name="keyId">The id under which gates know the public key.</param>
    public byte[] Sign(ECDsa key, KeyId keyId) => SignedClaims.Sign(KeysClaim, Write, IssuedAt, ValidUntil, key, keyId);

    /// <summary>Opens a list that a gate was given. An expired one opens too: the caller decides whether old is better than none.</summary>
    /// <param name="signed">What <see cref="Sign"/> made.</param>
    /// <param name="roots">The keys that may sign trust lists.</param>
    /// <param name="list">The list.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> signed, KeyRing roots, [NotNullWhen(true)] out TrustList? list, [NotNullWhen(false)] out Refusal? refusal)
    {
        list = null;
        if (!SignedClaims.TryOpen(signed, roots, KeysClaim, out var claims, out refusal))
            return false;
        var keys = (claims.Content as CborValue.Array)?.Items.Select(Read).ToList();
        if (keys is null || keys.Contains(null))
            refusal = new(CredentialFault.Claims, "not a list of keys");
        else
            list = new(keys!, claims.IssuedAt, claims.ValidUntil);
        return list is not null;
    }

    private void Write(CborWriter writer)
    {
        writer.Array(Keys.Count);
        foreach (var key in Keys)
            writer.Array(6)
                .Bytes(key.Id.ToBytes())
                .Integer((long)key.Algorithm)
                .Bytes(key.SubjectPublicKeyInfo.Span)
                .Integer(Math.Max(0, key.NotBefore.ToUnixTimeSeconds()))
                .Integer(Math.Min(Forever, key.NotAfter.ToUnixTimeSeconds()))
                .Integer((long)key.MaySign);
    }

    private static VerificationKey? Read(CborValue item)
    {
        if (item is not CborValue.Array
            {
                Items: [CborValue.Bytes id, CborValue.Integer algorithm, CborValue.Bytes publicKey, var from, var to, CborValue.Integer kinds],
            }
            || !Enum.IsDefined((SignatureAlgorithm)algorithm.Value)
            || SignedClaims.Time(from) is not { } notBefore || SignedClaims.Time(to) is not { } notAfter)
            return null;
        try
        {
            return new(KeyId.From(id.Value.Span), publicKey.Value, (SignatureAlgorithm)algorithm.Value)
            {
                NotBefore = notBefore,
                NotAfter = notAfter,
                MaySign = (CertificateKinds)kinds.Value & CertificateKinds.All,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
