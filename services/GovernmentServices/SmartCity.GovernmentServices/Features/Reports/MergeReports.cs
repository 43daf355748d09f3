using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>Many report the same thing. Likely duplicates are suggested: of the same kind, near in place and time. An officer decides, and one answer answers all.</summary>
internal static class MergeReports
{
    private const int MostSuggested = 20;
    private const int MostMerged = 200;
    private const double Near = 300;

    private static readonly TimeSpan About = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/department/reports/{id:guid}/duplicates", SuggestAsync)
            .WithName("SuggestDuplicateReports")
            .WithTags("Reports")
            .WithSummary("Reports of the same category within 300 metres and 7 days, the nearest first, at most 20: those that this one could be merged into. The list is short and has one page.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: new Page<DuplicateReport>([new DuplicateReport(Examples.DepartmentReportSummary, 42)]));
        features.MapPost("/department/reports/{id:guid}/merge", MergeAsync)
            .WithName("MergeReport")
            .WithTags("Reports")
            .WithSummary("Merges a report into another one of the same category in the caller's own department: the answer to that one is the answer to this one. Repeated, nothing more happens.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(new MergeReportRequest(Examples.Id), Examples.DepartmentReportSummary with { State = ReportState.Merged });
    }

    private static async Task<Results<Ok<Page<DuplicateReport>>, Refusal>> SuggestAsync(
        Guid id, Caller caller, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var report = await db.Reports.AsNoTracking().OfDepartment(department).SingleOrDefaultAsync(report => report.Id == id, cancellationToken);
        if (report is null) return Refusal.NotFound();
        if (report.Position is not { } here) return TypedResults.Ok(new Page<DuplicateReport>([]));

        var (from, until) = (report.ReceivedAt - About, report.ReceivedAt + About);
        // A box first, which the database compares; the distance decides among what is in it.
        var (high, wide) = here.Box(Near);
        var rows = await db.Reports.AsNoTracking().OfDepartment(department)
            .Where(other => other.Id != id && other.Category == report.Category && other.MergedInto == null && other.ReceivedAt >= from && other.ReceivedAt <= until)
            .Where(other => other.Position != null
                && other.Position.Latitude >= here.Latitude - high && other.Position.Latitude <= here.Latitude + high
                && other.Position.Longitude >= here.Longitude - wide && other.Position.Longitude <= here.Longitude + wide)
            .OrderByDescending(other => other.ReceivedAt)
            .Take(MostMerged)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<DuplicateReport>(
        [
            .. rows.Select(other => new DuplicateReport(DepartmentReportSummary.Of(other, directory), (int)Math.Round(here.MetresTo(other.Position!))))
                .Where(other => other.Metres <= Near)
                .OrderBy(other => other.Metres).ThenBy(other => other.Report.Id)
                .Take(MostSuggested),
        ]));
    }

    private static async Task<Results<Ok<DepartmentReportSummary>, Refusal>> MergeAsync(
        Guid id, MergeReportRequest request, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var reports = await db.Reports.OfDepartment(department)
            .Where(report => report.Id == id || report.Id == request.Into || report.MergedInto == id || report.MergedInto == request.Into)
            .ToListAsync(cancellationToken);
        if (reports.Find(report => report.Id == id) is not { } report) return Refusal.NotFound();
        if (report.MergedInto == request.Into) return TypedResults.Ok(DepartmentReportSummary.Of(report, directory));
        if (report.AnsweredAt is not null) return Refusal.Conflict("report_answered");
        if (report.MergedInto is { } already) return Refusal.Conflict("report_merged", field: null, already);
        if (reports.Find(other => other.Id == request.Into) is not { } primary || primary == report || primary.Category != report.Category)
            return Refusal.Invalid("report_not_mergeable", "into");
        if (primary.MergedInto is { } higher) return Refusal.Conflict("report_merged", "into", higher);
        if (reports.Count > MostMerged) return Refusal.Conflict("merge_limit_reached", "into", MostMerged);

        var now = clock.GetUtcNow();
        // Who was merged into this one follows it.
        foreach (var one in reports.Where(other => other == report || other.MergedInto == id).ToArray())
        {
            one.MergeInto(primary.Id, caller.Actor, now);
            if (primary.SealedAnswer is { } answer && one.AnsweredAt is null)
                one.Answer(personalData.Seal(personalData.Open(answer, primary.Id), one.Id), primary.AnsweredBy!.Value, primary.Department, now);
        }

        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(DepartmentReportSummary.Of(report, directory));
    }
}

/// <summary>A report that may be about the same thing.</summary>
/// <param name="Report">In short.</param>
/// <param name="Metres">How far it is from the other one.</param>
public sealed record DuplicateReport(DepartmentReportSummary Report, int Metres);

/// <summary>What a report is merged into.</summary>
/// <param name="Into">The report that stays.</param>
public sealed record MergeReportRequest(Guid Into);
