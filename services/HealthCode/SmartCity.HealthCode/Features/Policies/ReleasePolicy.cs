using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// A policy that two people approved goes to a share of the people or to districts, then to more, then to all; or is taken back. Each step decides again about
/// those whom it concerns, and stands in the public log.
/// </summary>
internal static partial class ReleasePolicy
{
    /// <param name="Percent">Share of the people, never less than before; 100 for all.</param>
    /// <param name="Districts">Districts in which it holds for everybody, with those of the stage before.</param>
    public sealed record Stage([Range(0, 100)] int Percent, [MaxLength(100)] IReadOnlyList<string>? Districts = null);

    /// <param name="Reason">Why; published.</param>
    public sealed record RollBack([Required, StringLength(500, MinimumLength = 5)] string Reason);

    private sealed record Released(string Policy, int Percent, IReadOnlyList<string> Districts);

    private sealed record TakenBack(string Policy, string Reason);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPut("/policies/{version}/release", ReleaseAsync)
            .WithName("ReleasePolicy")
            .WithSummary("The next stage of an approved policy: a share of the people, districts, or all")
            .WithExample(new Stage(10, ["312N1214E"]), ShowPolicies.Example)
            .Allow(Roles.HealthOfficer, Roles.Approver);
        features.MapPost("/policies/{version}/rollback", RollBackAsync)
            .WithName("RollBackPolicy")
            .WithSummary("Take a released policy back from everybody: what was in force before decides again")
            .WithExample(new RollBack("More people turned yellow than the dry run said."), ShowPolicies.Example with { State = ReleaseState.RolledBack, RolledBackAt = Examples.Now })
            .Allow(Roles.HealthOfficer, Roles.Approver);
    }

    private static async Task<Results<Ok<ShowPolicies.Summary>, Refusal>> ReleaseAsync(
        string version, Stage stage, HealthCodeDb db, FollowReleases follow, TimeProvider clock, ILogger<Stage> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.FindPolicyAsync(version, cancellationToken) is not { } release) return Refusal.NotFound("policy_unknown");
        if (release.Release(stage.Percent, stage.Districts ?? [], now) is { } refusal) return Refusal.Conflict(refusal);

        db.Add(CityWalk.Start(WalkKind.Recompute, now, version));
        await db.SavePubliclyAsync(PublicEntryKind.PolicyReleased, new Released(version, release.Percent, release.Districts), now, cancellationToken);
        await follow.RefreshAsync(CancellationToken.None);
        ReleasedTo(logger, version, release.Percent, release.Districts.Length);
        return TypedResults.Ok(ShowPolicies.Summary.Of(release));
    }

    private static async Task<Results<Ok<ShowPolicies.Summary>, Refusal>> RollBackAsync(
        string version, RollBack request, HealthCodeDb db, FollowReleases follow, TimeProvider clock, ILogger<Stage> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.FindPolicyAsync(version, cancellationToken) is not { } release) return Refusal.NotFound("policy_unknown");
        if (release.RollBack(now) is { } refusal) return Refusal.Conflict(refusal);

        db.Add(CityWalk.Start(WalkKind.Recompute, now, version));
        await db.SavePubliclyAsync(PublicEntryKind.PolicyRolledBack, new TakenBack(version, request.Reason), now, cancellationToken);
        await follow.RefreshAsync(CancellationToken.None);
        RolledBack(logger, version);
        return TypedResults.Ok(ShowPolicies.Summary.Of(release));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Policy {Version} was released to {Percent} percent and {Districts} districts")]
    private static partial void ReleasedTo(ILogger logger, string version, int percent, int districts);

    [LoggerMessage(Level = LogLevel.Information, Message = "Policy {Version} was rolled back")]
    private static partial void RolledBack(ILogger logger, string version);
}
