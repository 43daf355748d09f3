using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Dcc;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;
using Refusal = SmartCity.ServiceDefaults.Refusal;

namespace SmartCity.HealthCode.Features;

/// <summary>A person brings a European certificate (vaccination, test, recovery): what it says becomes evidence, once it has passed every check.</summary>
internal static partial class ImportCertificate
{
    private const string Detected = "260373001";

    /// <param name="Certificate">The content of its QR code, beginning with <c>HC1:</c>.</param>
    public sealed record Request([Required, StringLength(4296, MinimumLength = 4)] string Certificate);

    /// <param name="EvidenceId">Names the evidence where it is contested.</param>
    /// <param name="Type">vaccination, test or recovery.</param>
    /// <param name="Country">Who issued it.</param>
    /// <param name="At">When the dose was given, the sample taken, or the first positive result found, UTC.</param>
    /// <param name="Until">The end of the certificate, UTC.</param>
    public sealed record Imported(Guid EvidenceId, string Type, string Country, DateTimeOffset At, DateTimeOffset Until);

    public static void Map(RouteGroupBuilder me) => me.MapPost("/certificates", HandleAsync)
        .WithName("ImportCertificate")
        .WithSummary("Bring a European certificate as evidence; repeated, nothing more happens")
        .WithExample(
            new Request("HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N IOP-IA%NFQGRJPC%OQHIZC4.OI"),
            new Imported(
                Guid.Parse("5b1e0199-c1c8-7a63-9f4e-3c1d8a2b7e10"), "vaccination", "AT", new DateTimeOffset(2022, 2, 1, 0, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2023, 2, 1, 0, 0, 0, TimeSpan.Zero)))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Imported>, Refusal>> HandleAsync(
        Request request, Caller caller, HealthCodeDb db, ForeignTrust trust, PersonalData personalData, PolicyBook policies, TimeProvider clock, ILogger<Request> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        var (certificate, code, rule) = trust.Verify(request.Certificate, now);
        if (certificate is null) return Refusal.Invalid(code!, "certificate", rule ?? "");
        if (await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.AccountId == caller.AccountId, cancellationToken) is not { } citizen)
            return Refusal.NotFound("not_registered");
        if (!IsOf(certificate, CitizenNumber.OfKept(citizen.Open(citizen.SealedNumber, personalData)))) return Refusal.Invalid("certificate_of_another", "certificate");
        if (WhenOf(certificate) is not { } at || at > now) return Refusal.Invalid("certificate_unreadable", "certificate");

        var evidence = new Evidence { Id = IdOf(certificate), CitizenId = citizen.Id, Kind = EvidenceKind.ForeignCertificate, Source = EvidenceSource.ForeignIssuer };
        var imported = new Imported(evidence.Id, TypeOf(certificate), certificate.Issuer!, at, certificate.ExpiresAt);
        if (await db.Evidence.FirstOrDefaultAsync(fact => fact.Id == evidence.Id, cancellationToken) is { } known)
            return known.CitizenId == citizen.Id ? TypedResults.Ok(imported) : Refusal.Conflict("certificate_taken", "certificate");

        // The last second in which it holds is included.
        evidence.State(at, minutes: null, now, certificate.ExpiresAt.AddSeconds(1), DetailOf(certificate));
        db.Add(evidence);
        var facts = await db.EvidenceOfAsync(citizen, cancellationToken);
        db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), facts, ChangeCause.EvidenceReported, now), citizen.HomeCell);
        await db.SaveChangesAsync(cancellationToken);
        CertificateImported(logger, evidence.Id);
        return TypedResults.Ok(imported);
    }

    /// <summary>Names are written differently abroad; the birth date, or as much of it as the certificate says, must be that of the ID number.</summary>
    private static bool IsOf(HealthCertificate certificate, CitizenNumber number) =>
        certificate.Content.GetProperty("dob").GetString() is { Length: >= 4 } born
        && number.BirthDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).StartsWith(born.Split('T')[0], StringComparison.Ordinal);

    private static string TypeOf(HealthCertificate certificate) => JsonNamingPolicy.CamelCase.ConvertName(certificate.Kind.ToString());

    private static JsonElement EntryOf(HealthCertificate certificate) => certificate.Content.GetProperty(TypeOf(certificate)[..1])[0];

    private static DateTimeOffset? WhenOf(HealthCertificate certificate)
    {
        var member = certificate.Kind switch { CertificateKinds.Vaccination => "dt", CertificateKinds.Test => "sc", _ => "fr" };
        return DateTimeOffset.TryParse(EntryOf(certificate).GetProperty(member).GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;
    }

    private static string DetailOf(HealthCertificate certificate)
    {
        var (type, country, entry) = (TypeOf(certificate), certificate.Issuer, EntryOf(certificate));
        return certificate.Kind switch
        {
            CertificateKinds.Vaccination => JsonSerializer.Serialize(new { type, country, dose = entry.GetProperty("dn").GetInt32(), of = entry.GetProperty("sd").GetInt32() }),
            CertificateKinds.Test => JsonSerializer.Serialize(new { type, country, positive = entry.GetProperty("tr").GetString() == Detected }),
            _ => JsonSerializer.Serialize(new { type, country }),
        };
    }

    /// <summary>The same certificate, however often signed anew, is the same evidence.</summary>
    private static Guid IdOf(HealthCertificate certificate) => IdOf(RevocationId.OfCertificate(certificate.Issuer ?? "", certificate.CertificateIds[0]));

    /// <summary>Evidence bears the id under which its certificate would be revoked.</summary>
    public static Guid IdOf(RevocationId revocation)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, revocation.Value);
        return new Guid(bytes, bigEndian: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A foreign certificate became evidence {EvidenceId}")]
    private static partial void CertificateImported(ILogger logger, Guid evidenceId);
}
