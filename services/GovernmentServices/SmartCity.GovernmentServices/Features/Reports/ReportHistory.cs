using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>What happened to a report: for everybody which department did what when, for its author and the department the words too.</summary>
internal static class ReportHistory
{
    private const int MostEntriesShown = 100;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/reports/{id:guid}/history", ShowAsync)
        .WithName("ShowReportHistory")
        .WithTags("Reports")
        .WithSummary("What became of a report, by its number: category, cell, and which department did what when; neither its words nor whose it is.")
        .AllowEveryone()
        .WithExample(answer: Examples.PublicReport);

    public static async Task<IReadOnlyList<ReportEntryView>> HistoryOfAsync(
        this GovernmentServicesDb db, Guid report, CityDirectory directory, PersonalData? personalData, CancellationToken cancellationToken)
    {
        var entries = await db.ReportEntries.AsNoTracking().Where(entry => entry.ReportId == report)
            .OrderByDescending(entry => entry.Number).Take(MostEntriesShown).ToListAsync(cancellationToken);
        return
        [
            .. Enumerable.Reverse(entries).Select(entry => new ReportEntryView(
                entry.Number, entry.At, entry.Kind, string.Format(CultureInfo.CurrentUICulture, Texts.Of(entry.Kind), directory.NameOfDepartment(entry.Department)), entry.Department,
                entry.SealedText is { } text ? personalData?.Open(text, report) : null)),
        ];
    }

    private static async Task<Results<PublicAnswer<PublicReport>, Refusal>> ShowAsync(
        Guid id, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (await db.Reports.AsNoTracking().SingleOrDefaultAsync(report => report.Id == id, cancellationToken) is not { } report) return Refusal.NotFound();
        return new PublicAnswer<PublicReport>(
            new PublicReport(
                report.Id, report.Category, directory.NameOfCategory(report.Category), report.State, report.Handling, report.DueAt,
                await db.HistoryOfAsync(id, directory, personalData: null, cancellationToken), report.Cell, report.MergedInto),
            MaxAge);
    }
}

/// <summary>A report as everybody may see it.</summary>
/// <param name="Id">The report.</param>
/// <param name="Category">What it is about.</param>
/// <param name="CategoryName">Its name, in the caller's language.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Handling">Which handling it is.</param>
/// <param name="DueAt">Until when it is to be answered, UTC.</param>
/// <param name="History">What happened to it, without its words; the last 100.</param>
/// <param name="Cell">Grid cell that it is about; absent where none was given.</param>
/// <param name="MergedInto">The report whose answer is this one's too; absent where there is none.</param>
public sealed record PublicReport(
    Guid Id, string Category, string CategoryName, ReportState State, int Handling, DateTimeOffset DueAt, IReadOnlyList<ReportEntryView> History, string? Cell = null,
    Guid? MergedInto = null);

/// <summary>Something that happened to a report.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">In plain words, in the caller's language.</param>
/// <param name="Department">Whose doing it was, or who has it since.</param>
/// <param name="Words">What was answered, or why it was reopened; for its author and the department only.</param>
public sealed record ReportEntryView(int Number, DateTimeOffset At, ReportEntryKind Kind, string Text, string Department, string? Words = null);
