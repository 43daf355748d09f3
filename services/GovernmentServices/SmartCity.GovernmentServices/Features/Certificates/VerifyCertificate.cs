using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>Anybody verifies a certificate that is shown: offline with the published keys and status lists, or here.</summary>
internal static class VerifyCertificate
{
    private const int LongestCredential = 16_000;
    private const string Cacheable = "public, max-age=60";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/certificates/status/{list:int}", StatusAsync)
            .WithName("GetCertificateStatusList")
            .WithTags("Certificates")
            .WithSummary("Which certificates are revoked: a signed credential (W3C Bitstring Status List). Fetched as a whole, it does not tell which certificate is looked at.")
            .Produces<string>(StatusCodes.Status200OK, "application/vc+jwt")
            .AllowEveryone()
            .WithExample(answer: Examples.Credential);
        features.MapGet("/certificates/{number}", FindAsync)
            .WithName("FindCertificate")
            .WithTags("Certificates")
            .WithSummary("Whether a certificate with this identifier was issued and holds; nothing of its holder.")
            .AllowEveryone()
            .WithExample(answer: Examples.PublicCertificate);
        features.MapPost("/certificates/verification", CheckAsync)
            .WithName("VerifyCertificate")
            .WithTags("Certificates")
            .WithSummary("Verifies a certificate that is shown, and says what its holder shows. Nothing of it is kept.")
            .AllowEveryone()
            .WithExample(new VerifyRequest(Examples.Credential), Examples.Verification);
        features.MapGet("/certificates/verify", (HttpResponse response) => CertificatePages.AskForCode(response))
            .WithName("ShowVerificationPage")
            .WithTags("Certificates")
            .WithSummary("A page on which anybody verifies a certificate: without script, in large print.")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .AllowEveryone()
            .WithExample(answer: "<!doctype html>...");
        features.MapPost("/certificates/verify", ShowFindingAsync)
            .WithName("ShowVerification")
            .WithTags("Certificates")
            .WithSummary("The page with what the check found. The certificate is the form's field credential.")
            .Accepts<string>("application/x-www-form-urlencoded")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .AllowEveryone()
            .WithExample("credential=eyJ...", "<!doctype html>...");
    }

    private static async Task<IResult> StatusAsync(int list, StatusLists lists, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await lists.SignedAsync(list, cancellationToken) is not { } signed) return Refusal.NotFound();
        response.Headers.CacheControl = Cacheable;
        return TypedResults.Text(signed, "application/vc+jwt");
    }

    private static async Task<Results<Ok<PublicCertificate>, Refusal>> FindAsync(
        [StringLength(200)] string number, GovernmentServicesDb db, ServiceCatalogue catalogue, CityDirectory directory, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!CertificateNumber.TryParse(number, out var parsed)) return Refusal.Invalid("certificate_number_invalid", "number");
        var certificate = await db.Certificates.AsNoTracking().SingleOrDefaultAsync(row => row.Number == parsed.Value, cancellationToken);
        return certificate is null
            ? Refusal.NotFound()
            : TypedResults.Ok(new PublicCertificate(
                certificate.Number, certificate.Type, catalogue.NameOfCertificate(certificate).In(CultureInfo.CurrentUICulture),
                directory.NameOfDepartment(certificate.Department), certificate.StateAt(clock.GetUtcNow()), certificate.IssuedAt, certificate.ValidUntil));
    }

    private static async Task<Ok<Verification>> CheckAsync(
        VerifyRequest request, SigningKeys keys, StatusLists lists, TimeProvider clock, CancellationToken cancellationToken)
    {
        var check = await JudgeAsync(request.Credential, keys, lists, clock, cancellationToken);
        return TypedResults.Ok(new Verification(
            check.Verdict, Texts.Of(check.Verdict), check.Statement?.Number, check.Statement?.Type, check.Statement?.IssuerName, check.Statement?.ValidFrom,
            check.Statement?.ValidUntil, check.Claims));
    }

    private static async Task<IResult> ShowFindingAsync(
        HttpRequest request, HttpResponse response, SigningKeys keys, StatusLists lists, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType) return new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType);
        string credential;
        try
        {
            credential = (await request.ReadFormAsync(cancellationToken))["credential"].ToString();
        }
        catch (InvalidDataException)
        {
            return Refusal.Invalid("body_malformed");
        }

        if (credential.Length > LongestCredential) return Refusal.Invalid("length_invalid", "credential", 1, LongestCredential);
        return CertificatePages.Finding(response, await JudgeAsync(credential, keys, lists, clock, cancellationToken));
    }

    private static async Task<CertificateCheck> JudgeAsync(string credential, SigningKeys keys, StatusLists lists, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (published, now) = ((await keys.PublishedAsync(cancellationToken)).Keys, clock.GetUtcNow());
        var check = CertificateCredential.Verify(credential, published, [], now);
        // What can be trusted so far says in which of our lists it would stand.
        if (check is not { Verdict: CertificateVerdict.StatusUnknown, Statement: { } statement }) return check;
        var signed = int.TryParse(statement.StatusList.Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var list)
            ? await lists.SignedAsync(list, cancellationToken)
            : null;
        return signed is not null && StatusList.Verify(signed, published) is { } known ? CertificateCredential.Verify(credential, published, [known], now) : check;
    }
}

/// <summary>A certificate to verify.</summary>
/// <param name="Credential">As it is shown: the text of the QR code.</param>
public sealed record VerifyRequest([property: Required, StringLength(16_000)] string Credential);

/// <summary>What a check found.</summary>
/// <param name="Verdict">The finding.</param>
/// <param name="Text">The same in plain words, in the caller's language.</param>
/// <param name="Number">Its identifier; absent, as all that follows, where it cannot be trusted to say anything.</param>
/// <param name="Type">What it is.</param>
/// <param name="IssuerName">Who issued it.</param>
/// <param name="ValidFrom">From when, UTC.</param>
/// <param name="ValidUntil">Until when, UTC, not included; absent without end.</param>
/// <param name="Claims">What its holder shows.</param>
public sealed record Verification(
    CertificateVerdict Verdict, string Text, string? Number = null, string? Type = null, string? IssuerName = null, DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ValidUntil = null, IReadOnlyDictionary<string, JsonElement>? Claims = null);

/// <summary>What everybody may know of a certificate.</summary>
/// <param name="Number">Its identifier after GB/T 36904.</param>
/// <param name="Type">What it is.</param>
/// <param name="Name">Its name, in the caller's language.</param>
/// <param name="DepartmentName">Who issued it, in the caller's language.</param>
/// <param name="State">Whether it holds.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="ValidUntil">Until when, UTC, not included; absent without end.</param>
public sealed record PublicCertificate(
    string Number, string Type, string Name, string DepartmentName, CertificateState State, DateTimeOffset IssuedAt, DateTimeOffset? ValidUntil = null);
