using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials.Dcc;

/// <summary>A European certificate (HCERT): the claims of its CWT (eHN HCERT 1.0.5 §3.3) and the content they carry.</summary>
public sealed class HealthCertificate
{
    private const long IssuerClaim = 1, ExpiryClaim = 4, IssuedAtClaim = 6, HealthClaim = -260, DccEntry = 1;

    // The decoded tree is several times its encoding, and remembered scans are many: it is read again where its content is asked for.
    private readonly ReadOnlyMemory<byte> _payload;
    private object? _json;

    private HealthCertificate(
        string? issuer, DateTimeOffset? issuedAt, DateTimeOffset expiresAt, CborValue.Map content, ReadOnlyMemory<byte> payload, RevocationId ownId)
    {
        (Issuer, IssuedAt, ExpiresAt, _payload) = (issuer, issuedAt, expiresAt, payload);
        Kind = DccSchema.KindOf(content);
        SchemaFault = DccSchema.Check(content);
        var certificateIds = new List<string>(1);
        var revocationIds = new List<RevocationId>(2) { ownId };
        foreach (var entry in DccSchema.EntriesOf(content, Kind))
        {
            if (entry is not CborValue.Map map || map["ci"] is not CborValue.Text id)
                continue;
            certificateIds.Add(id.Value);
            revocationIds.Add(RevocationId.OfCertificate(issuer ?? "", id.Value));
        }
        (CertificateIds, RevocationIds) = (certificateIds, revocationIds);
    }

    /// <summary>The country that issued it (claim 1), ISO 3166-1 alpha-2.</summary>
    public string? Issuer { get; }

    /// <summary>When it was issued (claim 6).</summary>
    public DateTimeOffset? IssuedAt { get; }

    /// <summary>The last second in which the signature holds (claim 4): "after which a verifier must reject" (eHN HCERT 1.0.5 §3.3.2).</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What it says; <see cref="CertificateKinds.None"/> where it is not exactly one thing, which the schema refuses.</summary>
    public CertificateKinds Kind { get; }

    /// <summary>The unique certificate identifiers (UVCI) of its entries; one since schema 1.3.0.</summary>
    public IReadOnlyList<string> CertificateIds { get; }

    /// <summary>The ids under which it may be revoked; none depends on bytes that a holder can change without breaking the signature.</summary>
    public IReadOnlyList<RevocationId> RevocationIds { get; }

    /// <summary>The content as JSON (eHN DCC schema 1.3.x), as business rules read it.</summary>
    public JsonElement Content => (JsonElement)(_json ??= CborJson.ToJson(ContentOf(_payload)!));

    internal string? SchemaFault { get; }

    internal static bool TryRead(
        CoseSign1 message, [NotNullWhen(true)] out HealthCertificate? certificate, [NotNullWhen(false)] out string? fault)
    {
        certificate = null;
        if (!CborReader.TryRead(message.Payload, deterministic: false, out var item, out fault))
            return false;
        if (item.Untagged is not CborValue.Map claims)
            fault = "the claims are not a map";
        else if (Time(claims[ExpiryClaim]) is not { } expiresAt)
            fault = "the expiry is missing";
        else if (claims[IssuedAtClaim] is { } issued && Time(issued) is null)
            fault = "the time of issue is not a time";
        else if (ContentOf(claims) is not { } content)
            fault = "the health certificate claim is missing";
        else
            certificate = new(
                (claims[IssuerClaim] as CborValue.Text)?.Value, Time(claims[IssuedAtClaim]), expiresAt, content, message.Payload,
                RevocationId.OfSigned(message.Digest));
        return certificate is not null;
    }

    private static CborValue.Map? ContentOf(ReadOnlyMemory<byte> payload) =>
        CborReader.TryRead(payload, deterministic: false, out var item, out _) && item.Untagged is CborValue.Map claims ? ContentOf(claims) : null;

    private static CborValue.Map? ContentOf(CborValue.Map claims) => (claims[HealthClaim] as CborValue.Map)?[DccEntry] as CborValue.Map;

    // NumericDate (RFC 8392 §2): seconds as integer or floating point; some issuers add the tag for times.
    private static DateTimeOffset? Time(CborValue? value)
    {
        const long year9999 = 253_402_300_799;
        var seconds = value?.Untagged switch
        {
            CborValue.Integer integer => integer.Value,
            CborValue.Float number => number.Value,
            _ => double.NaN,
        };
        return seconds is >= 0 and <= year9999 ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
    }
}
