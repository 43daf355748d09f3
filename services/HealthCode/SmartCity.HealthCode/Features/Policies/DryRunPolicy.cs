using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>What a draft would do to the whole city, before it does: how many people change colour, by rule, district and age; and a few of them to look at.</summary>
internal static class DryRunPolicy
{
    private const int SmallestCount = 5;

    /// <param name="Walk">How far it is.</param>
    /// <param name="Changes">How many people would change, as far as it is; counts below 5 come without their number.</param>
    public sealed record Report(ShowPolicies.Walk Walk, IReadOnlyList<Change> Changes);

    /// <param name="Rule">The rule that would decide.</param>
    /// <param name="From">The colour that they have.</param>
    /// <param name="To">The colour that they would have.</param>
    /// <param name="District">Where they live; absent where unknown.</param>
    /// <param name="BornIn">Decade of birth, 1970 for the seventies; absent where unknown.</param>
    /// <param name="People">How many; absent below 5.</param>
    public sealed record Change(string Rule, CodeColor From, CodeColor To, string? District = null, int? BornIn = null, long? People = null);

    /// <param name="CitizenId">The person, by pseudonym; they see that they were looked at.</param>
    /// <param name="Rule">The rule that would decide.</param>
    /// <param name="From">The colour that they have.</param>
    /// <param name="To">The colour that they would have.</param>
    public sealed record Sample(Guid CitizenId, string Rule, CodeColor From, CodeColor To);

    private static readonly ShowPolicies.Walk ExampleWalk = new(WalkKind.DryRun, Examples.Now, 2_000_000, 1_204, 0, Examples.Now.AddMinutes(2));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/policies/{version}/dry-run", StartAsync)
            .WithName("StartDryRun")
            .WithSummary("Try a draft on the whole city; while one is running, that one")
            .WithExample(answer: ExampleWalk)
            .Allow(Roles.HealthOfficer);
        features.MapGet("/policies/{version}/dry-run", ShowAsync)
            .WithName("ShowDryRun")
            .WithSummary("What the newest dry run of a policy counted")
            .WithExample(answer: new Report(ExampleWalk, [new Change("close-contact", CodeColor.Yellow, CodeColor.Green, "312N1214E", 1970, 311)]))
            .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);
        features.MapPost("/policies/{version}/dry-run/samples", OpenSamplesAsync)
            .WithName("OpenDryRunSamples")
            .WithSummary("A few people whom the newest dry run would move; each sees that an officer looked")
            .WithExample(answer: new[] { new Sample(Examples.Citizen, "close-contact", CodeColor.Yellow, CodeColor.Green) })
            .Allow(Roles.HealthOfficer, Roles.Approver);
    }

    private static async Task<Results<Ok<ShowPolicies.Walk>, Refusal>> StartAsync(
        string version, HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.FindPolicyAsync(version, cancellationToken) is not { } release) return Refusal.NotFound("policy_unknown");
        if (release.State != ReleaseState.Draft) return Refusal.Conflict("policy_not_a_draft");
        var running = await db.Walks.FirstOrDefaultAsync(
            walk => walk.PolicyVersion == version && walk.Kind == WalkKind.DryRun && walk.FinishedAt == null, cancellationToken);
        running ??= db.Add(CityWalk.Start(WalkKind.DryRun, clock.GetUtcNow(), version)).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ShowPolicies.Walk.Of(running));
    }

    private static async Task<Results<Ok<Report>, Refusal>> ShowAsync(string version, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (await NewestAsync(version, db, cancellationToken) is not { } walk) return Refusal.NotFound("dry_run_unknown");
        var counts = await db.DryRunCounts.AsNoTracking().Where(count => count.WalkId == walk.Id)
            .OrderByDescending(count => count.People).ThenBy(count => count.Rule).Take(1000).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Report(ShowPolicies.Walk.Of(walk), [.. counts.Select(ToChange)]));
    }

    private static async Task<Results<Ok<Sample[]>, Refusal>> OpenSamplesAsync(
        string version, Caller caller, HealthCodeDb db, AccessLog log, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await NewestAsync(version, db, cancellationToken) is not { } walk) return Refusal.NotFound("dry_run_unknown");
        var samples = await db.DryRunSamples.AsNoTracking().Where(sample => sample.WalkId == walk.Id).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await log.WriteAsync(
            [.. samples.Select(sample => new AccessRecord { CitizenId = sample.CitizenId, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.DryRunSample, At = now })],
            cancellationToken);
        return TypedResults.Ok(samples.Select(sample => new Sample(sample.CitizenId.Value, sample.Rule, sample.From, sample.To)).ToArray());
    }

    private static async Task<CityWalk?> NewestAsync(string version, HealthCodeDb db, CancellationToken cancellationToken) => version.Contains('\0') ? null
        : await db.Walks.AsNoTracking().Where(walk => walk.PolicyVersion == version && walk.Kind == WalkKind.DryRun)
            .OrderByDescending(walk => walk.StartedAt).FirstOrDefaultAsync(cancellationToken);

    private static Change ToChange(DryRunCount count) => new(
        count.Rule, count.From, count.To, count.District is "" ? null : count.District, count.BirthDecade is 0 ? null : count.BirthDecade,
        count.People >= SmallestCount ? count.People : null);
}
