using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>The department that issued a certificate takes it back, with a reason that its holder reads.</summary>
internal static class RevokeCertificate
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/department/certificates/{number}/revocation", HandleAsync)
        .WithName("RevokeCertificate")
        .WithTags("Certificates")
        .WithSummary("Revokes a certificate of the caller's own department; it stands in the status list within a minute. Repeated, nothing more happens.")
        .Allow(Roles.DepartmentOfficer)
        .WithExample(new RevokeRequest("活动已取消 / The event was cancelled"), Examples.PublicCertificate);

    private static async Task<Results<Ok<PublicCertificate>, Refusal>> HandleAsync(
        [StringLength(200)] string number, RevokeRequest request, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CityDirectory directory,
        PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var certificate = await db.Certificates.SingleOrDefaultAsync(row => row.Number == number && row.Department == department, cancellationToken);
        if (certificate is null) return Refusal.NotFound();
        var now = clock.GetUtcNow();
        if (certificate.RevokedAt is null)
        {
            certificate.Revoke(caller.Actor, personalData.Seal(request.Reason, certificate.Id), now);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(new PublicCertificate(
            certificate.Number, certificate.Type, catalogue.NameOfCertificate(certificate).In(CultureInfo.CurrentUICulture),
            directory.NameOfDepartment(certificate.Department), certificate.StateAt(now), certificate.IssuedAt, certificate.ValidUntil));
    }
}

/// <summary>A revocation.</summary>
/// <param name="Reason">What the holder reads, at most 500 characters.</param>
public sealed record RevokeRequest([property: Required, StringLength(500)] string Reason);
