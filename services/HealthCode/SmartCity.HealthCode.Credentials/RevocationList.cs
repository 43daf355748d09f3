using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials;

/// <summary>A revocation filter as it is handed out: with its time, signed, checkable without a connection.</summary>
/// <param name="Filter">The revoked credentials.</param>
/// <param name="IssuedAt">Whole seconds.</param>
/// <param name="ValidUntil">By when gates must have a newer one; excluded.</param>
public sealed record RevocationList(RevocationFilter Filter, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil)
{
    private const long ExpiryClaim = 4, IssuedAtClaim = 6, FilterClaim = -65541;

    /// <summary>Signs the list: a CWT (RFC 8392) in COSE_Sign1 with ES256 (RFC 9052 §4.2).</summary>
    /// <param name="key">A private key on P-256.</param>
    /// <param name="keyId">The id under which gates find the public key.</param>
    public byte[] Sign(ECDsa key, KeyId keyId) => CoseSign1.Sign(
        new CborWriter().Map(3)
            .Integer(ExpiryClaim).Integer(ValidUntil.ToUnixTimeSeconds())
            .Integer(IssuedAtClaim).Integer(IssuedAt.ToUnixTimeSeconds())
            .Integer(FilterClaim).Bytes(Filter.ToBytes())
            .Written.Span,
        key, keyId);

    /// <summary>Opens a list that a gate was given. An expired one opens too: the caller decides whether old is better than none.</summary>
    /// <param name="signed">What <see cref="Sign"/> made.</param>
    /// <param name="keys">The city's published keys.</param>
    /// <param name="list">The list.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> signed, KeyRing keys, [NotNullWhen(true)] out RevocationList? list, [NotNullWhen(false)] out Refusal? refusal)
    {
        list = null;
        refusal = null;
        if (!CoseSign1.TryParse(signed, deterministic: true, out var message, out var fault))
            refusal = new(CredentialFault.Cose, fault);
        else if (keys.Find(message.KeyId) is not { Count: > 0 } candidates)
            refusal = new(CredentialFault.UnknownKey, $"no key {message.KeyId}");
        else if (!candidates.Any(message.IsSignedBy))
            refusal = new(CredentialFault.Signature, "the signature does not match");
        else if ((list = Read(message.Payload)) is null)
            refusal = new(CredentialFault.Claims, "not the claims of a revocation list");
        return refusal is null;
    }

    private static RevocationList? Read(ReadOnlyMemory<byte> payload) =>
        CborReader.TryRead(payload, deterministic: true, out var item, out _) && item is CborValue.Map claims
        && claims[ExpiryClaim] is CborValue.Integer { Value: >= 0 and <= 253_402_300_799 } expiry
        && claims[IssuedAtClaim] is CborValue.Integer { Value: >= 0 and <= 253_402_300_799 } issued
        && claims[FilterClaim] is CborValue.Bytes bytes && RevocationFilter.TryRead(bytes.Value.Span, out var filter)
            ? new(filter, DateTimeOffset.FromUnixTimeSeconds(issued.Value), DateTimeOffset.FromUnixTimeSeconds(expiry.Value))
            : null;
}
