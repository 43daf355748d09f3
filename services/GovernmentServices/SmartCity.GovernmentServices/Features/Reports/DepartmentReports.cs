using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>
/// An officer works through the queue of their department. The queue shows no text: what people wrote is read one report at a time, on record.
/// </summary>
internal static class DepartmentReports
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/department/reports", ListAsync)
            .WithName("ListDepartmentReports")
            .WithTags("Reports")
            .WithSummary("The queue of the caller's own department, oldest first; all, or one state: waiting or answered.")
            .WithExample(answer: new Page<DepartmentReportSummary>([Examples.Queued]))
            .Allow(Roles.DepartmentOfficer);
        features.MapGet("/department/reports/{id:guid}", OpenAsync)
            .WithName("OpenDepartmentReport")
            .WithTags("Reports")
            .WithSummary("A report in the queue of the caller's own department, with its text. That it was opened is recorded, and its author can see that.")
            .WithExample(answer: Examples.Opened)
            .Allow(Roles.DepartmentOfficer);
    }

    private static async Task<Results<Ok<Page<DepartmentReportSummary>>, Refusal>> ListAsync(
        Word<ReportState>? state, [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, CityDirectory directory,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var reports = db.Reports.AsNoTracking().Where(report => report.Department == department);
        if (state is { Value: var wanted }) reports = reports.Where(report => report.AnsweredAt == null == (wanted == ReportState.Waiting));
        if (after is { } id) reports = reports.Where(report => report.Id.CompareTo(id) > 0);

        var rows = await reports.OrderBy(report => report.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        DepartmentReportSummary[] views = [.. rows.Select(report => DepartmentReportSummary.Of(report, directory))];
        return TypedResults.Ok(Page<DepartmentReportSummary>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<Results<Ok<DepartmentReport>, Refusal>> OpenAsync(
        Guid id, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var report = await db.Reports.AsNoTracking().SingleOrDefaultAsync(report => report.Id == id && report.Department == department, cancellationToken);
        if (report is null) return Refusal.NotFound();

        var now = clock.GetUtcNow();
        db.Add(new ReportReading { Id = Guid.CreateVersion7(now), ReportId = id, Department = department, OfficerId = caller.Actor, ReadAt = now });
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new DepartmentReport(
            DepartmentReportSummary.Of(report, directory),
            personalData.Open(report.SealedText, id),
            report.Position,
            report.SealedAnswer is { } answer ? personalData.Open(answer, id) : null));
    }
}

/// <summary>A report in a department's queue.</summary>
/// <param name="Id">The report.</param>
/// <param name="Category">What it is about.</param>
/// <param name="CategoryName">Its name, in the caller's language.</param>
/// <param name="State">How far it has come.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
/// <param name="Cell">Grid cell that it is about; absent where none was given.</param>
/// <param name="AnsweredAt">When it was answered, UTC; absent until then.</param>
public sealed record DepartmentReportSummary(
    Guid Id, string Category, string CategoryName, ReportState State, DateTimeOffset ReceivedAt, string? Cell = null, DateTimeOffset? AnsweredAt = null)
{
    internal static DepartmentReportSummary Of(Report report, CityDirectory directory) =>
        new(report.Id, report.Category, directory.NameOfCategory(report.Category), report.State, report.ReceivedAt, report.Cell, report.AnsweredAt);
}

/// <summary>A report as an officer reads it: not who wrote it.</summary>
/// <param name="Report">In short.</param>
/// <param name="Text">What the citizen wrote.</param>
/// <param name="Position">Where; absent where none was given.</param>
/// <param name="Answer">What the department answered; absent until then.</param>
public sealed record DepartmentReport(DepartmentReportSummary Report, string Text, Position? Position = null, string? Answer = null);
