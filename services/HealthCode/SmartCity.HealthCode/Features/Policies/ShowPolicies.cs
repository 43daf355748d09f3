using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Everybody may read the rules in force; officers also those on their way, and how far a release has come.</summary>
internal static class ShowPolicies
{
    /// <param name="Version">The policy.</param>
    /// <param name="State">How far it is.</param>
    /// <param name="DraftedAt">UTC.</param>
    /// <param name="Approvals">How many agreed so far; 2 are needed.</param>
    /// <param name="Percent">Share of the people about whom it decides.</param>
    /// <param name="Districts">Districts in which it decides about everybody.</param>
    /// <param name="ReleasedAt">First stage, UTC.</param>
    /// <param name="RolledBackAt">UTC.</param>
    public sealed record Summary(
        string Version, ReleaseState State, DateTimeOffset DraftedAt, int Approvals, int Percent, IReadOnlyList<string> Districts, DateTimeOffset? ReleasedAt = null,
        DateTimeOffset? RolledBackAt = null)
    {
        public static Summary Of(PolicyRelease release) => new(
            release.Version, release.State, release.DraftedAt, release.Approvers.Length, release.Percent, release.Districts, release.ReleasedAt, release.RolledBackAt);
    }

    /// <param name="Kind">What the walk does.</param>
    /// <param name="StartedAt">UTC.</param>
    /// <param name="Looked">People looked at so far.</param>
    /// <param name="Changed">People whose colour or reason it changed, or would change.</param>
    /// <param name="Failed">People about whom a rule gave no answer.</param>
    /// <param name="FinishedAt">UTC; absent while it goes on.</param>
    public sealed record Walk(WalkKind Kind, DateTimeOffset StartedAt, long Looked, long Changed, long Failed, DateTimeOffset? FinishedAt = null)
    {
        public static Walk Of(CityWalk walk) => new(walk.Kind, walk.StartedAt, walk.Looked, walk.Changed, walk.Failed, walk.FinishedAt);
    }

    /// <param name="Summary">How far it is.</param>
    /// <param name="Document">The rules.</param>
    /// <param name="People">Codes that it has decided.</param>
    /// <param name="Walks">Its dry runs and recomputations, newest first.</param>
    public sealed record Detail(Summary Summary, JsonElement Document, long People, IReadOnlyList<Walk> Walks);

    public static Summary Example { get; } = new("2022-3", ReleaseState.Released, Examples.Now, 2, 10, ["312N1214E"], Examples.Now);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/policies/in-force", InForce)
            .WithName("ShowPolicyInForce")
            .WithSummary("The rules in force, as they are computed; stages of a newer policy may decide about some people already")
            .WithExample(answer: DraftPolicy.Example)
            .AllowEveryone();
        features.MapGet("/policies", ListAsync)
            .WithName("ListPolicies")
            .WithSummary("Policies that officers drafted, newest first, at most 100")
            .WithExample(answer: new[] { Example })
            .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/policies/{version}", ShowAsync)
            .WithName("ShowPolicy")
            .WithSummary("A policy with its rules, and how far dry run, release and recomputation are")
            .WithExample(answer: new Detail(Example, JsonElement.Parse("{}"), 1200, [new Walk(WalkKind.Recompute, Examples.Now, 12000, 35, 0, Examples.Now.AddMinutes(1))]))
            .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);
    }

    private static Results<PublicAnswer<JsonElement>, Refusal> InForce(PolicyBook policies, TimeProvider clock) =>
        policies.InForce(clock.GetUtcNow()) is { } policy
            ? new PublicAnswer<JsonElement>(JsonElement.Parse(PolicyBook.Write(policy.Document)), TimeSpan.FromMinutes(1))
            : PolicyBook.NotLoaded;

    private static async Task<Ok<Summary[]>> ListAsync(HealthCodeDb db, CancellationToken cancellationToken)
    {
        var releases = await db.Policies.AsNoTracking().OrderByDescending(policy => policy.DraftedAt).Take(100).ToListAsync(cancellationToken);
        return TypedResults.Ok(releases.Select(Summary.Of).ToArray());
    }

    private static async Task<Results<Ok<Detail>, Refusal>> ShowAsync(string version, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (await db.FindPolicyAsync(version, cancellationToken) is not { } release) return Refusal.NotFound("policy_unknown");
        var walks = await db.Walks.AsNoTracking().Where(walk => walk.PolicyVersion == version).OrderByDescending(walk => walk.Id).Take(20).ToListAsync(cancellationToken);
        var people = await db.Codes.LongCountAsync(code => code.PolicyVersion == version, cancellationToken);
        return TypedResults.Ok(new Detail(Summary.Of(release), JsonElement.Parse(release.Document), people, [.. walks.Select(Walk.Of)]));
    }

    /// <summary>A version that people typed may hold what no database takes.</summary>
    public static async Task<PolicyRelease?> FindPolicyAsync(this HealthCodeDb db, string version, CancellationToken cancellationToken) =>
        version.Contains('\0') ? null : await db.Policies.FirstOrDefaultAsync(policy => policy.Version == version, cancellationToken);
}
