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
            .WithSummary("The queue of the caller's own department, oldest first; all, or one state: waiting, answered or merged.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: new Page<DepartmentReportSummary>([Examples.DepartmentReportSummary]));
        features.MapGet("/department/reports/{id:guid}", OpenAsync)
            .WithName("OpenDepartmentReport")
            .WithTags("Reports")
            .WithSummary("A report in the queue of the caller's own department, with its text. That it was opened is recorded, and its author can see that.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: Examples.DepartmentReport);
    }

    private static async Task<Results<Ok<Page<DepartmentReportSummary>>, Refusal>> ListAsync(
        Word<ReportState>? state, [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, CityDirectory directory,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var reports = db.Reports.AsNoTracking().OfDepartment(department);
        if (state is { Value: var wanted })
        {
            reports = wanted switch
            {
                ReportState.Waiting => reports.Where(report => report.AnsweredAt == null && report.MergedInto == null),
                ReportState.Answered => reports.Where(report => report.AnsweredAt != null),
                _ => reports.Where(report => report.AnsweredAt == null && report.MergedInto != null),
            };
        }

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
        var report = await db.Reports.AsNoTracking().OfDepartment(department).SingleOrDefaultAsync(report => report.Id == id, cancellationToken);
        if (report is null) return Refusal.NotFound();

        await db.RecordReadingAsync(id, department, caller.Actor, clock.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(new DepartmentReport(
            DepartmentReportSummary.Of(report, directory),
            personalData.Open(report.SealedText, id),
            await db.HistoryOfAsync(id, directory, personalData, cancellationToken),
            await db.PhotosOfAsync(id, cancellationToken),
            report.Position,
            report.SealedAnswer is { } answer ? personalData.Open(answer, id) : null,
            report.SealedCallBack is { } number ? personalData.Open(number, id) : null));
    }

    public static IQueryable<Report> OfDepartment(this IQueryable<Report> reports, string department) =>
        reports.Where(report => report.Department == department || report.EscalatedTo == department);

    /// <summary>Before anything is shown.</summary>
    public static async Task RecordReadingAsync(this GovernmentServicesDb db, Guid report, string department, Guid officer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.Add(new ReportReading { Id = Guid.CreateVersion7(now), ReportId = report, Department = department, OfficerId = officer, ReadAt = now });
        await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>A report in a department's queue.</summary>
/// <param name="Id">The report.</param>
/// <param name="Category">What it is about.</param>
/// <param name="CategoryName">Its name, in the caller's language.</param>
/// <param name="State">How far it has come.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
/// <param name="Handling">Which handling it is: 1 at first, one more each time that it was reopened.</param>
/// <param name="DueAt">Until when it is to be answered, UTC.</param>
/// <param name="Channel">How it reached the city.</param>
/// <param name="Cell">Grid cell that it is about; absent where none was given.</param>
/// <param name="AnsweredAt">When it was answered, UTC; absent until then.</param>
/// <param name="EscalatedAt">When the time for an answer had gone by, UTC; absent where it has not.</param>
/// <param name="MergedInto">The report whose answer is this one's too; absent where there is none.</param>
public sealed record DepartmentReportSummary(
    Guid Id, string Category, string CategoryName, ReportState State, DateTimeOffset ReceivedAt, int Handling, DateTimeOffset DueAt, ReportChannel Channel,
    string? Cell = null, DateTimeOffset? AnsweredAt = null, DateTimeOffset? EscalatedAt = null, Guid? MergedInto = null)
{
    internal static DepartmentReportSummary Of(Report report, CityDirectory directory) => new(
        report.Id, report.Category, directory.NameOfCategory(report.Category), report.State, report.ReceivedAt, report.Handling, report.DueAt, report.Channel,
        report.Cell, report.AnsweredAt, report.EscalatedAt, report.MergedInto);
}

/// <summary>A report as an officer reads it: not who wrote it.</summary>
/// <param name="Report">In short.</param>
/// <param name="Text">What the citizen wrote.</param>
/// <param name="History">What happened to it, with earlier answers and why they did not settle it.</param>
/// <param name="Photos">Its photographs.</param>
/// <param name="Position">Where; absent where none was given.</param>
/// <param name="Answer">What the department answered; absent until then.</param>
/// <param name="CallBack">The number to call back, of who reported at a desk and left one.</param>
public sealed record DepartmentReport(
    DepartmentReportSummary Report, string Text, IReadOnlyList<ReportEntryView> History, IReadOnlyList<ReportPhotoView> Photos, Position? Position = null,
    string? Answer = null, string? CallBack = null);
