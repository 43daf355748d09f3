using System.Security.Cryptography;
using System.Text;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials;

/// <summary>What the city says about a person in a code that anyone can verify offline. Nothing in it names the person.</summary>
/// <param name="Subject">Opaque reference to the person, 1 to 64 ASCII characters.</param>
/// <param name="Colour">The colour as the city numbers it.</param>
/// <param name="IssuedAt">Whole seconds; fractions are cut off.</param>
/// <param name="ValidUntil">End of the code, excluded; whole seconds.</param>
/// <param name="CodeId">Identifies this code for revocation.</param>
public sealed record CityCodePayload(string Subject, byte Colour, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil, Guid CodeId)
{
    /// <summary>Whether the code is printed on paper or a card and therefore lives longer than a phone's.</summary>
    public bool Printed { get; init; }

    /// <summary>End of the colour, excluded, where it comes before the code's own; <c>null</c> means that both end together.</summary>
    public DateTimeOffset? ColourUntil { get; init; }

    /// <summary>
    /// When the colour was last read from the city's records, where that is longer ago than the issue: they could not be reached.
    /// <c>null</c>: as the records stood when the code was issued. Whoever scans decides how old is too old.
    /// </summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Whether the colour may still be relied on; a printed code outlives it and then only says who to look up.</summary>
    /// <param name="now">The time of the scan.</param>
    public bool ColourHolds(DateTimeOffset now) => now < (ColourUntil ?? ValidUntil);
}

/// <summary>The outcome of verifying a city code.</summary>
/// <param name="Payload">What the city signed; present as soon as the signature is right, so that an expired code can be shown with its age.</param>
/// <param name="Refusal">Why the code is not accepted; <c>null</c> when it is.</param>
public sealed record CityCodeResult(CityCodePayload? Payload, Refusal? Refusal)
{
    /// <summary>Whether the code is accepted.</summary>
    public bool IsValid => Refusal is null;
}

/// <summary>
/// The city's signed health code: a CWT (RFC 8392) in COSE_Sign1 with ES256 (RFC 9052), zlib, Base45 (RFC 9285), prefix <c>SC1:</c>. It fits a
/// QR code of version 10.
/// </summary>
public static class CityCode
{
    /// <summary>How far a gate's clock may lag behind the city's.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    private const int LongestSubject = 64;

    // Registered claims of RFC 8392 §4; below -65536 is private use (§9.1). In ascending order of their encoding.
    private const long SubjectClaim = 2, ExpiryClaim = 4, IssuedAtClaim = 6, IdClaim = 7;
    private const long ColourClaim = -65537, PrintedClaim = -65538, ColourUntilClaim = -65539, AsOfClaim = -65540;

    /// <summary>Signs a code and returns the text for its QR code.</summary>
    /// <param name="payload">What to sign.</param>
    /// <param name="key">A private key on P-256.</param>
    /// <param name="keyId">The id under which verifiers find the public key.</param>
    /// <exception cref="ArgumentException">The payload could not be verified again.</exception>
    public static string Sign(CityCodePayload payload, ECDsa key, KeyId keyId)
    {
        if (payload.Subject.Length is 0 or > LongestSubject || !Ascii.IsValid(payload.Subject))
            throw new ArgumentException($"A subject has 1 to {LongestSubject} ASCII characters.", nameof(payload));
        if (payload.ValidUntil <= payload.IssuedAt)
            throw new ArgumentException("A code ends after it is issued.", nameof(payload));
        var claims = new CborWriter().Map(5 + (payload.Printed ? 1 : 0) + (payload.ColourUntil is null ? 0 : 1) + (payload.AsOf is null ? 0 : 1))
            .Integer(SubjectClaim).Text(payload.Subject)
            .Integer(ExpiryClaim).Integer(payload.ValidUntil.ToUnixTimeSeconds())
            .Integer(IssuedAtClaim).Integer(payload.IssuedAt.ToUnixTimeSeconds())
            .Integer(IdClaim).Bytes(payload.CodeId.ToByteArray(bigEndian: true))
            .Integer(ColourClaim).Integer(payload.Colour);
        if (payload.Printed)
            claims.Integer(PrintedClaim).Integer(1);
        if (payload.ColourUntil is { } colourUntil)
            claims.Integer(ColourUntilClaim).Integer(colourUntil.ToUnixTimeSeconds());
        if (payload.AsOf is { } asOf)
            claims.Integer(AsOfClaim).Integer(asOf.ToUnixTimeSeconds());
        return Envelope.City.Pack(CoseSign1.Sign(claims.Written.Span, key, keyId));
    }

    /// <summary>Verifies what a scanner read. Never throws for any text.</summary>
    /// <param name="text">The content of the QR code.</param>
    /// <param name="keys">The city's published keys.</param>
    /// <param name="now">The time of the scan.</param>
    public static CityCodeResult Verify(string text, KeyRing keys, DateTimeOffset now)
    {
        if (!Envelope.City.TryOpen(text, out var message, out var refusal))
            return new(null, refusal);
        var candidates = keys.Find(message.KeyId);
        if (candidates.Count == 0)
            return Refuse(CredentialFault.UnknownKey, $"no key {message.KeyId}");
        var signer = candidates.FirstOrDefault(message.IsSignedBy);
        if (signer is null)
            return Refuse(CredentialFault.Signature, "the signature does not match");
        if (ReadClaims(message.Payload) is not { } payload)
            return Refuse(CredentialFault.Claims, "not the claims of a city code");
        if (payload.IssuedAt < signer.NotBefore || payload.IssuedAt > signer.NotAfter)
            return Refuse(CredentialFault.KeyPeriod, "issued outside the key's period", payload);
        if (payload.IssuedAt > now + ClockTolerance)
            return Refuse(CredentialFault.NotYetValid, "issued in the future", payload);
        if (now >= payload.ValidUntil)
            return Refuse(CredentialFault.Expired, "expired", payload);
        return new(payload, null);
    }

    private static CityCodeResult Refuse(CredentialFault fault, string detail, CityCodePayload? payload = null) =>
        new(payload, new(fault, detail));

    private static CityCodePayload? ReadClaims(ReadOnlyMemory<byte> encoded)
    {
        if (!CborReader.TryRead(encoded, deterministic: true, out var item, out _) || item is not CborValue.Map claims)
            return null;
        // Claims that are not known are passed over (RFC 8392 §3), so that old verifiers read newer codes.
        var printed = claims[PrintedClaim];
        var colourUntil = claims[ColourUntilClaim];
        if (claims[SubjectClaim] is not CborValue.Text { Value.Length: > 0 and <= LongestSubject } subject
            || SignedClaims.Time(claims[ExpiryClaim]) is not { } validUntil
            || SignedClaims.Time(claims[IssuedAtClaim]) is not { } issuedAt
            || claims[IdClaim] is not CborValue.Bytes { Value.Length: 16 } id
            || claims[ColourClaim] is not CborValue.Integer { Value: >= 0 and <= byte.MaxValue } colour
            || printed is not (null or CborValue.Integer { Value: 1 })
            || colourUntil is not null && SignedClaims.Time(colourUntil) is null
            || claims[AsOfClaim] is { } asOf && SignedClaims.Time(asOf) is null)
            return null;
        return new(subject.Value, (byte)colour.Value, issuedAt, validUntil, new Guid(id.Value.Span, bigEndian: true))
        {
            Printed = printed is not null,
            ColourUntil = SignedClaims.Time(colourUntil),
            AsOf = SignedClaims.Time(claims[AsOfClaim]),
        };
    }
}
