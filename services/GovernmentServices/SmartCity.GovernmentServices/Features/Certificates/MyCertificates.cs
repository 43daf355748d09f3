using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>A person has their certificates: to keep, to show as much of as they choose, and to print.</summary>
internal static class MyCertificates
{
    private const string MediaType = "application/vc+sd-jwt";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/me/certificates", ListAsync)
            .WithName("ListMyCertificates")
            .WithTags("Certificates")
            .WithSummary("The caller's own certificates, newest first.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: new Page<CertificateView>([Examples.Certificate]));
        features.MapGet("/me/certificates/{id:guid}/credential", ShowAsync)
            .WithName("ShowMyCertificate")
            .WithTags("Certificates")
            .WithSummary("A certificate of the caller's own as a signed credential (W3C VC 2.0, SD-JWT): with all that it says, or only with the claims named in show, separated by commas (show= for none).")
            .Produces<string>(StatusCodes.Status200OK, MediaType)
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: Examples.Credential);
        features.MapGet("/me/certificates/{id:guid}/page", PrintAsync)
            .WithName("PrintMyCertificate")
            .WithTags("Certificates")
            .WithSummary("A certificate of the caller's own as a page to print, in large print, with a QR code that verifies offline. What is not named in show is neither on the page nor in the code.")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: "<!doctype html>...");
    }

    private static async Task<Results<Ok<Page<CertificateView>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CityDirectory directory, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var certificates = db.Certificates.AsNoTracking().Where(certificate => certificate.AccountId == caller.AccountId);
        if (after is { } id) certificates = certificates.Where(certificate => certificate.Id.CompareTo(id) < 0);
        var rows = await certificates.OrderByDescending(certificate => certificate.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        CertificateView[] views =
        [
            .. rows.Select(row => new CertificateView(
                row.Id, row.Number, row.Type, catalogue.NameOfCertificate(row).In(CultureInfo.CurrentUICulture), directory.NameOfDepartment(row.Department),
                row.StateAt(clock.GetUtcNow()), row.IssuedAt, row.ApplicationId, row.ValidUntil, row.SealedReason is { } reason ? personalData.Open(reason, row.Id) : null)),
        ];
        return TypedResults.Ok(Page<CertificateView>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<IResult> ShowAsync(
        Guid id, [FromQuery, StringLength(1000)] string? show, Caller caller, GovernmentServicesDb db, PersonalData personalData, CancellationToken cancellationToken) =>
        await OwnAsync(db, id, caller, cancellationToken) is { } certificate
            ? TypedResults.Text(Presented(certificate, show, personalData), MediaType)
            : Refusal.NotFound();

    private static async Task<IResult> PrintAsync(
        Guid id, [FromQuery, StringLength(1000)] string? show, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CityDirectory directory,
        PersonalData personalData, TimeProvider clock, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await OwnAsync(db, id, caller, cancellationToken) is not { } certificate) return Refusal.NotFound();
        var fields = catalogue.Of(certificate).Definition.Form.Fields;
        return CertificatePages.Print(
            response, certificate, catalogue.NameOfCertificate(certificate), directory.NameOfDepartment(certificate.Department),
            Presented(certificate, show, personalData), key => fields.TryGetValue(key, out var field) ? field.Name.In(CultureInfo.CurrentUICulture) : key, clock.GetUtcNow());
    }

    private static string Presented(Certificate certificate, string? show, PersonalData personalData)
    {
        var whole = personalData.Open(certificate.SealedCredential, certificate.Id);
        return show is null ? whole : CertificateCredential.Present(whole, show.Split(','));
    }

    private static Task<Certificate?> OwnAsync(GovernmentServicesDb db, Guid id, Caller caller, CancellationToken cancellationToken) =>
        db.Certificates.AsNoTracking().SingleOrDefaultAsync(certificate => certificate.Id == id && certificate.AccountId == caller.AccountId, cancellationToken);
}

/// <summary>A certificate of the caller.</summary>
/// <param name="Id">The certificate.</param>
/// <param name="Number">Its identifier after GB/T 36904.</param>
/// <param name="Type">What it is.</param>
/// <param name="Name">Its name, in the caller's language.</param>
/// <param name="DepartmentName">Who issued it, in the caller's language.</param>
/// <param name="State">Whether it holds.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="ApplicationId">The application that it came from.</param>
/// <param name="ValidUntil">Until when, UTC, not included; absent without end.</param>
/// <param name="RevocationReason">Why it was revoked; absent where it was not.</param>
public sealed record CertificateView(
    Guid Id, string Number, string Type, string Name, string DepartmentName, CertificateState State, DateTimeOffset IssuedAt, Guid ApplicationId,
    DateTimeOffset? ValidUntil = null, string? RevocationReason = null);
