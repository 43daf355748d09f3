using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials;

/// <summary>
/// What the city hands out as bytes rather than as a QR code: one private claim with its times, a CWT (RFC 8392) in COSE_Sign1 with ES256
/// (RFC 9052 §4.2).
/// </summary>
internal sealed record SignedClaims(CborValue Content, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil)
{
    private const long ExpiryClaim = 4, IssuedAtClaim = 6;
    private const long Year9999 = 253_402_300_799;

    /// <summary>Signs; <paramref name="claim"/> is below -65536, which is private use (RFC 8392 §9.1).</summary>
    public static byte[] Sign(
        long claim, Action<CborWriter> writeContent, DateTimeOffset issuedAt, DateTimeOffset validUntil, ECDsa key, KeyId keyId)
    {
        var claims = new CborWriter().Map(3)
            .Integer(ExpiryClaim).Integer(validUntil.ToUnixTimeSeconds())
            .Integer(IssuedAtClaim).Integer(issuedAt.ToUnixTimeSeconds())
            .Integer(claim);
        writeContent(claims);
        return CoseSign1.Sign(claims.Written.Span, key, keyId);
    }

    public static bool TryOpen(
        ReadOnlyMemory<byte> signed, KeyRing keys, long claim, [NotNullWhen(true)] out SignedClaims? opened, [NotNullWhen(false)] out Refusal? refusal)
    {
        opened = null;
        refusal = null;
        if (!CoseSign1.TryParse(signed, deterministic: true, out var message, out var fault))
            refusal = new(CredentialFault.Cose, fault);
        else if (keys.Find(message.KeyId) is not { Count: > 0 } candidates)
            refusal = new(CredentialFault.UnknownKey, $"no key {message.KeyId}");
        else if (!candidates.Any(message.IsSignedBy))
            refusal = new(CredentialFault.Signature, "the signature does not match");
        else if (!CborReader.TryRead(message.Payload, deterministic: true, out var item, out fault))
            refusal = new(CredentialFault.Claims, fault);
        else if (item is not CborValue.Map claims || claims[claim] is not { } content
            || Time(claims[IssuedAtClaim]) is not { } issuedAt || Time(claims[ExpiryClaim]) is not { } validUntil)
            refusal = new(CredentialFault.Claims, "a claim is missing or not in its format");
        else
            opened = new(content, issuedAt, validUntil);
        return opened is not null;
    }

    /// <summary>A NumericDate (RFC 8392 §2) in whole seconds, as the city writes it.</summary>
    public static DateTimeOffset? Time(CborValue? value) =>
        value is CborValue.Integer { Value: >= 0 and <= Year9999 } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null;
}
