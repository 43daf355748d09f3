using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A person follows what became of their reports, and sees who has read them.</summary>
internal static class MyReports
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/me/reports", ListAsync)
            .WithName("ListMyReports")
            .WithTags("Reports")
            .WithSummary("The caller's own reports, newest first.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: new Page<MyReportSummary>([Examples.MyReportSummary]));
        features.MapGet("/me/reports/{id:guid}", ShowAsync)
            .WithName("ShowMyReport")
            .WithTags("Reports")
            .WithSummary("A report of the caller's own, with its text, its answer, what happened to it, and who opened it when.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: Examples.MyReport)
            .AlsoReadAloud<MyReport>(ReadAloud.Sentences);
    }

    private static async Task<Results<Ok<Page<MyReportSummary>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var reports = db.Reports.AsNoTracking().Where(report => report.AccountId == caller.AccountId);
        if (after is { } id) reports = reports.Where(report => report.Id.CompareTo(id) < 0);

        var rows = await reports.OrderByDescending(report => report.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        MyReportSummary[] views = [.. rows.Select(report => MyReportSummary.Of(report, directory))];
        return TypedResults.Ok(Page<MyReportSummary>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<Results<Ok<MyReport>, Refusal>> ShowAsync(
        Guid id, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, CancellationToken cancellationToken)
    {
        var report = await db.Reports.AsNoTracking()
            .SingleOrDefaultAsync(report => report.Id == id && report.AccountId == caller.AccountId, cancellationToken);
        if (report is null) return Refusal.NotFound();
        return TypedResults.Ok(await MyReport.OfAsync(report, db, directory, personalData, cancellationToken));
    }
}

/// <summary>A report of the caller, in short.</summary>
/// <param name="Id">The report.</param>
/// <param name="Category">What it is about.</param>
/// <param name="CategoryName">Its name, in the caller's language.</param>
/// <param name="Department">Who has it.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
/// <param name="State">How far it has come.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
/// <param name="Handling">Which handling it is: 1 at first, one more each time that it was reopened.</param>
/// <param name="DueAt">Until when it is to be answered, UTC.</param>
/// <param name="AnsweredAt">When it was answered, UTC; absent until then.</param>
public sealed record MyReportSummary(
    Guid Id, string Category, string CategoryName, string Department, string DepartmentName, ReportState State, DateTimeOffset ReceivedAt, int Handling,
    DateTimeOffset DueAt, DateTimeOffset? AnsweredAt = null)
{
    internal static MyReportSummary Of(Report report, CityDirectory directory) => new(
        report.Id, report.Category, directory.NameOfCategory(report.Category), report.Department, directory.NameOfDepartment(report.Department), report.State,
        report.ReceivedAt, report.Handling, report.DueAt, report.AnsweredAt);
}

/// <summary>A report of the caller.</summary>
/// <param name="Report">In short.</param>
/// <param name="Text">What the caller wrote.</param>
/// <param name="Readings">Who opened it, the last first, at most 100.</param>
/// <param name="History">What happened to it.</param>
/// <param name="Photos">Its photographs.</param>
/// <param name="Position">Where; absent where none was given.</param>
/// <param name="Answer">What the department answered; absent until then.</param>
public sealed record MyReport(
    MyReportSummary Report, string Text, IReadOnlyList<ReportReadingView> Readings, IReadOnlyList<ReportEntryView> History, IReadOnlyList<ReportPhotoView> Photos,
    Position? Position = null, string? Answer = null)
{
    private const int MostReadingsShown = 100;

    internal static async Task<MyReport> OfAsync(Report report, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, CancellationToken cancellationToken)
    {
        var readings = await db.ReportReadings.AsNoTracking()
            .Where(reading => reading.ReportId == report.Id)
            .OrderByDescending(reading => reading.Id)
            .Take(MostReadingsShown)
            .ToListAsync(cancellationToken);
        return new MyReport(
            MyReportSummary.Of(report, directory),
            personalData.Open(report.SealedText, report.Id),
            [.. readings.Select(reading => new ReportReadingView(reading.Department, directory.NameOfDepartment(reading.Department), reading.ReadAt))],
            await db.HistoryOfAsync(report.Id, directory, personalData, cancellationToken),
            await db.PhotosOfAsync(report.Id, cancellationToken),
            report.Position,
            report.SealedAnswer is { } answer ? personalData.Open(answer, report.Id) : null);
    }
}

/// <summary>An officer opened the report.</summary>
/// <param name="Department">The officer's department.</param>
/// <param name="DepartmentName">Its name, in the caller's language.</param>
/// <param name="ReadAt">When, UTC.</param>
public sealed record ReportReadingView(string Department, string DepartmentName, DateTimeOffset ReadAt);
