using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials;

/// <summary>A revocation filter as it is handed out: with its times, signed, checkable without a connection.</summary>
/// <param name="Filter">The revoked credentials.</param>
/// <param name="IssuedAt">Whole seconds.</param>
/// <param name="ValidUntil">By when gates must have a newer one; excluded.</param>
public sealed record RevocationList(RevocationFilter Filter, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil)
{
    private const long FilterClaim = -65541;

    /// <summary>Signs the list: a CWT (RFC 8392) in COSE_Sign1 with ES256 (RFC 9052 §4.2).</summary>
    /// <param name="key">A private key on P-256.</param>
    /// <param name="keyId">The id under which gates find the public key.</param>
    public byte[] Sign(ECDsa key, KeyId keyId) =>
        SignedClaims.Sign(FilterClaim, writer => writer.Bytes(Filter.ToBytes()), IssuedAt, ValidUntil, key, keyId);

    /// <summary>Opens a list that a gate was given. An expired one opens too: the caller decides whether old is better than none.</summary>
    /// <param name="signed">What <see cref="Sign"/> made.</param>
    /// <param name="keys">The city's published keys.</param>
    /// <param name="list">The list.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> signed, KeyRing keys, [NotNullWhen(true)] out RevocationList? list, [NotNullWhen(false)] out Refusal? refusal)
    {
        list = null;
        if (!SignedClaims.TryOpen(signed, keys, FilterClaim, out var claims, out refusal))
            return false;
        if (claims.Content is CborValue.Bytes bytes && RevocationFilter.TryRead(bytes.Value.Span, out var filter))
            list = new(filter, claims.IssuedAt, claims.ValidUntil);
        else
            refusal = new(CredentialFault.Claims, "not a revocation filter");
        return list is not null;
    }
}
