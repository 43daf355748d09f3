using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Every time a trace was computed, with what it takes to prove that it was computed right.</summary>
internal static class ListTraceRuns
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}/runs", HandleAsync)
        .WithName("ListTraceRuns")
        .WithTags("Tracing")
        .WithSummary("The runs of a trace, newest first: when, why, by which policy, and the hashes of what went in and came out.")
        .WithExample(answer: new Page<RunView>([new RunView(Examples.RunId, Examples.At, TraceCause.Confirmed, "trace-2026-1", 6, 412, Examples.Hash, Examples.Hash)]))
        .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Results<Ok<Page<RunView>>, Refusal>> HandleAsync(
        Guid caseId, [AsParameters] PageQuery page, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (!await db.Cases.AnyAsync(traced => traced.CaseId == caseId, cancellationToken)) return Refusal.NotFound("case_unknown");

        var runs = db.TraceRuns.AsNoTracking().Where(run => run.CaseId == caseId);
        var rows = await runs
            .Where(run => after == null || run.Number < runs.Where(last => last.Id == after).Select(last => last.Number).FirstOrDefault())
            .OrderByDescending(run => run.Number)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<RunView>.From([.. rows.Select(RunView.Of)], page.Take, run => run.RunId.ToString()));
    }
}

/// <summary>A trace was computed.</summary>
/// <param name="RunId">The run.</param>
/// <param name="RanAt">When, UTC.</param>
/// <param name="Cause">Why.</param>
/// <param name="Policy">By which version of the trace policy.</param>
/// <param name="Places">Places with air that the case made infectious.</param>
/// <param name="Contacts">Persons who breathed it.</param>
/// <param name="InputsHash">SHA-256 of what it was computed from, in hexadecimal.</param>
/// <param name="ResultHash">SHA-256 of what was found.</param>
public sealed record RunView(
    Guid RunId, DateTimeOffset RanAt, TraceCause Cause, string Policy, int Places, int Contacts, string InputsHash, string ResultHash)
{
    internal static RunView Of(TraceRun run) => new(
        run.Id, run.RanAt, run.Cause, run.Policy, run.Places, run.People, Convert.ToHexStringLower(run.InputsHash), Convert.ToHexStringLower(run.ResultHash));
}
