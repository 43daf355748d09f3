using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>An answer that does not settle the matter: its author says why, and the report is routed anew with a new clock.</summary>
internal static class ReopenReport
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/me/reports/{id:guid}/reopening", ReopenMineAsync)
            .WithName("ReopenMyReport")
            .WithTags("Reports")
            .WithSummary("Reopens a report of the caller's own within 30 days of its answer, with the reason; refused after the fifth answer. Repeated, nothing more happens.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(new ReopenReportRequest("灯又灭了。 / It is dark again."), Examples.MyReportSummary with { Handling = 2 });
        features.MapPost("/desk/reports/{id:guid}/reopening", ReopenAtDeskAsync)
            .WithName("ReopenReportAtDesk")
            .WithTags("Reports at the desk")
            .WithSummary("The same for who reported at a desk and has no account.")
            .Allow(Roles.CounterStaff, Roles.GridWorker)
            .WithExample(new ReopenReportRequest("灯又灭了。 / It is dark again."), Examples.MyReportSummary with { Handling = 2 });
    }

    private static Task<Results<Ok<MyReportSummary>, Refusal>> ReopenMineAsync(
        Guid id, ReopenReportRequest request, Caller caller, GovernmentServicesDb db, ReportRouting routing, CityDirectory directory, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken) =>
        ReopenAsync(db.Reports.Where(report => report.AccountId == caller.AccountId), id, request, caller, db, routing, directory, personalData, clock, cancellationToken);

    private static Task<Results<Ok<MyReportSummary>, Refusal>> ReopenAtDeskAsync(
        Guid id, ReopenReportRequest request, Caller caller, GovernmentServicesDb db, ReportRouting routing, CityDirectory directory, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken) =>
        ReopenAsync(db.Reports.Where(report => report.AccountId == null), id, request, caller, db, routing, directory, personalData, clock, cancellationToken);

    private static async Task<Results<Ok<MyReportSummary>, Refusal>> ReopenAsync(
        IQueryable<Report> reports, Guid id, ReopenReportRequest request, Caller caller, GovernmentServicesDb db, ReportRouting routing, CityDirectory directory,
        PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await reports.SingleOrDefaultAsync(report => report.Id == id, cancellationToken) is not { } report) return Refusal.NotFound();
        var now = clock.GetUtcNow();
        if (report.AnsweredAt is not { } answered)
        {
            var last = await db.ReportEntries.AsNoTracking().SingleOrDefaultAsync(entry => entry.ReportId == id && entry.Number == report.EntryCount, cancellationToken);
            return last is { Kind: ReportEntryKind.Reopened, SealedText: { } said } && personalData.Open(said, id) == request.Reason
                ? TypedResults.Ok(MyReportSummary.Of(report, directory))
                : Refusal.Conflict("report_not_answered");
        }

        if (now - answered > Report.ReopenWithin || report.Handling >= Report.MostHandlings)
            return Refusal.Conflict("report_closed", field: null, Report.ReopenWithin.Days, Report.MostHandlings);
        // A category that is no longer published stays with who had it.
        var route = directory.ReportCategories.ContainsKey(report.Category)
            ? routing.RouteOf(report.Category, report.Cell, report.Handling + 1)
            : new ReportRoute(report.Department, report.DueAt - report.ReceivedAt);
        report.Reopen(route, caller.Actor, personalData.Seal(request.Reason, id), now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(MyReportSummary.Of(report, directory));
    }
}

/// <summary>Why the answer does not settle it.</summary>
/// <param name="Reason">At most 1000 characters, for the department to read.</param>
public sealed record ReopenReportRequest([property: Required, StringLength(1000)] string Reason);
