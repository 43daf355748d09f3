using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>How far the tracing of a case is: counts first, persons only where it is released and an officer goes on to them.</summary>
internal static class ShowTrace
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}", HandleAsync)
        .WithName("ShowTrace")
        .WithTags("Tracing")
        .WithSummary("When a case was traced, at how many places, how many contacts were found, and what its release still needs. The look is recorded.")
        .WithExample(answer: new TraceView(
            Examples.CaseId, Examples.At, Examples.At.AddDays(-4), Examples.At.AddDays(10), null, 6, 412, CaseRelease.Waiting, "large", 0, 1,
            new SeverityCounts(201, 160, 51), new RunView(Examples.RunId, Examples.At, TraceCause.Confirmed, "trace-2026-1", 6, 412, Examples.Hash, Examples.Hash)))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<TraceView>, Refusal>> HandleAsync(
        Guid caseId, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, TracePolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var traced = await db.Cases.AsNoTracking().SingleOrDefaultAsync(traced => traced.CaseId == caseId, cancellationToken);
        if (traced is null) return Refusal.NotFound("case_unknown");

        db.AddLooks(caller, caseId, [null], clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        var run = await db.TraceRuns.AsNoTracking().Where(run => run.CaseId == caseId).OrderByDescending(run => run.Number).FirstOrDefaultAsync(cancellationToken);
        var severities = await db.Exposures.Where(exposure => exposure.CaseId == caseId && !exposure.Withdrawn)
            .GroupBy(exposure => exposure.Severity).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var state = traced.Policy is null ? null : await TraceRelease.ReadAsync(connection, null, caseId, policies.Of(traced.Policy), cancellationToken);
        return TypedResults.Ok(new TraceView(
            caseId, traced.TracedAt, traced.InfectiousFrom, traced.InfectiousUntil, traced.WithdrawnAt, run?.Places ?? 0, state?.People ?? 0,
            traced.Release, state?.Class, state?.Approvals ?? 0, state?.Needed ?? 0,
            new SeverityCounts(
                severities.GetValueOrDefault(ExposureSeverity.Low), severities.GetValueOrDefault(ExposureSeverity.Moderate), severities.GetValueOrDefault(ExposureSeverity.High)),
            run is null ? null : RunView.Of(run)));
    }

    /// <summary>Records who looks at what about whom; the persons read it with <see cref="MyAccesses"/>.</summary>
    public static void AddLooks(this PlaceRegistrationDb db, Caller caller, Guid caseId, IEnumerable<Guid?> citizenIds, DateTimeOffset now) =>
        db.AddRange(citizenIds.Distinct().Select(citizenId => new Look
        {
            Id = Guid.CreateVersion7(now), OfficerId = caller.Actor, CaseId = caseId, CitizenId = citizenId, LookedAt = now,
        }));
}

/// <summary>The tracing of a case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="TracedAt">When the confirmation was traced, UTC; visits and check-outs since then are included. Absent where only a withdrawal is known.</param>
/// <param name="InfectiousFrom">Start of the infectious period, UTC.</param>
/// <param name="InfectiousUntil">Its end, not included, UTC.</param>
/// <param name="WithdrawnAt">When the case was withdrawn, UTC; absent if it stands.</param>
/// <param name="Places">How many places have air that the case made infectious.</param>
/// <param name="Contacts">How many persons breathed it.</param>
/// <param name="Release">Whether they have been told.</param>
/// <param name="ReleaseClass">The policy's class of releases for a trace like this.</param>
/// <param name="Approvals">Officers who have approved it as it is.</param>
/// <param name="ApprovalsNeeded">So many different officers have to.</param>
/// <param name="Severities">Exposures by severity.</param>
/// <param name="LastRun">What was computed last; approve with its id.</param>
public sealed record TraceView(
    Guid CaseId, DateTimeOffset? TracedAt, DateTimeOffset? InfectiousFrom, DateTimeOffset? InfectiousUntil, DateTimeOffset? WithdrawnAt, int Places,
    int Contacts, CaseRelease Release, string? ReleaseClass, int Approvals, int ApprovalsNeeded, SeverityCounts Severities, RunView? LastRun);

/// <summary>Exposures by severity.</summary>
/// <param name="Low">Short or diluted.</param>
/// <param name="Moderate">As with a usual close contact.</param>
/// <param name="High">Long, or in bad air.</param>
public sealed record SeverityCounts(int Low, int Moderate, int High);
