using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A report's photographs: for its author and the department, and for everybody once an officer has looked and found that they show nobody.</summary>
internal static class ReportPhotos
{
    private const string Kept = "public, max-age=300";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/me/reports/{id:guid}/photos/{photo:guid}", ShowMineAsync)
            .WithName("ShowMyReportPhoto")
            .WithTags("Reports")
            .WithSummary("A photograph of a report of the caller's own.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/jpeg", "image/png")
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapGet("/department/reports/{id:guid}/photos/{photo:guid}", OpenAsync)
            .WithName("OpenReportPhoto")
            .WithTags("Reports")
            .WithSummary("A photograph of a report in the queue of the caller's own department. That it was opened is recorded, and its author can see that.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/jpeg", "image/png")
            .Allow(Roles.DepartmentOfficer);
        features.MapPost("/department/reports/{id:guid}/photos/{photo:guid}/release", ReleaseAsync)
            .WithName("ReleaseReportPhoto")
            .WithTags("Reports")
            .WithSummary("Shows a photograph to everybody: the officer has looked, and it shows nobody and nothing private. Repeated, nothing more happens.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: new ReportPhotoView(Examples.Id, "image/jpeg", 48_213, Released: true));
        features.MapGet("/reports/{id:guid}/photos/{photo:guid}", ShowReleasedAsync)
            .WithName("ShowReleasedReportPhoto")
            .WithTags("Reports")
            .WithSummary("A photograph of a report that an officer has released.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/jpeg", "image/png")
            .AllowEveryone();
    }

    public static string PublicAddress(HttpRequest request, Guid report, Guid photo) => $"{request.Scheme}://{request.Host}/government-services/v1/reports/{report}/photos/{photo}";

    public static async Task<IReadOnlyList<ReportPhotoView>> PhotosOfAsync(this GovernmentServicesDb db, Guid report, CancellationToken cancellationToken) =>
        await db.Attachments.AsNoTracking().Where(file => file.UsedBy == report).OrderBy(file => file.AddedAt).ThenBy(file => file.Id)
            .Select(file => new ReportPhotoView(file.Id, file.MediaType, file.Size, file.ReleasedAt != null)).ToListAsync(cancellationToken);

    private static async Task<IResult> ShowMineAsync(
        Guid id, Guid photo, Caller caller, GovernmentServicesDb db, PersonalData personalData, CancellationToken cancellationToken) =>
        await db.Reports.AnyAsync(report => report.Id == id && report.AccountId == caller.AccountId, cancellationToken)
            && await PhotoAsync(db, id, photo, cancellationToken) is { } file ? personalData.Download(file) : Refusal.NotFound();

    private static async Task<IResult> OpenAsync(
        Guid id, Guid photo, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!await db.Reports.OfDepartment(department).AnyAsync(report => report.Id == id, cancellationToken)) return Refusal.NotFound();
        if (await PhotoAsync(db, id, photo, cancellationToken) is not { } file) return Refusal.NotFound();
        await db.RecordReadingAsync(id, department, caller.Actor, clock.GetUtcNow(), cancellationToken);
        return personalData.Download(file);
    }

    private static async Task<Results<Ok<ReportPhotoView>, Refusal>> ReleaseAsync(
        Guid id, Guid photo, Caller caller, GovernmentServicesDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!await db.Reports.OfDepartment(department).AnyAsync(report => report.Id == id, cancellationToken)) return Refusal.NotFound();
        if (await db.Attachments.SingleOrDefaultAsync(file => file.Id == photo && file.UsedBy == id, cancellationToken) is not { } file) return Refusal.NotFound();
        if (file.ReleasedAt is null)
        {
            (file.ReleasedAt, file.ReleasedBy) = (clock.GetUtcNow(), caller.Actor);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(new ReportPhotoView(file.Id, file.MediaType, file.Size, Released: true));
    }

    private static async Task<IResult> ShowReleasedAsync(
        Guid id, Guid photo, HttpResponse response, GovernmentServicesDb db, PersonalData personalData, CancellationToken cancellationToken)
    {
        if (await PhotoAsync(db, id, photo, cancellationToken) is not { ReleasedAt: not null } file) return Refusal.NotFound();
        response.Headers.CacheControl = Kept;
        return personalData.Download(file);
    }

    private static Task<Attachment?> PhotoAsync(GovernmentServicesDb db, Guid report, Guid photo, CancellationToken cancellationToken) =>
        db.Attachments.AsNoTracking().SingleOrDefaultAsync(file => file.Id == photo && file.UsedBy == report, cancellationToken);
}

/// <summary>A photograph of a report.</summary>
/// <param name="Id">The photograph.</param>
/// <param name="MediaType"><c>image/jpeg</c> or <c>image/png</c>.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Released">Whether everybody may see it.</param>
public sealed record ReportPhotoView(Guid Id, string MediaType, int Size, bool Released);
