using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person other than who drafted a policy agrees to it, after its dry run. Two must.</summary>
internal static class ApprovePolicy
{
    public static void Map(RouteGroupBuilder features) => features.MapPost("/policies/{version}/approval", HandleAsync)
        .WithName("ApprovePolicy")
        .WithSummary("Agree to a drafted policy whose dry run has ended; two people other than who drafted it must")
        .WithExample(answer: ShowPolicies.Example with { State = ReleaseState.Draft, Percent = 0, Districts = [], ReleasedAt = null })
        .Allow(Roles.Approver);

    private static async Task<Results<Ok<ShowPolicies.Summary>, Refusal>> HandleAsync(
        string version, Caller caller, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (await db.FindPolicyAsync(version, cancellationToken) is not { } release) return Refusal.NotFound("policy_unknown");
        var tried = await db.Walks.AnyAsync(
            walk => walk.PolicyVersion == version && walk.Kind == WalkKind.DryRun && walk.FinishedAt != null && walk.Failed == 0, cancellationToken);
        if (!tried) return Refusal.Conflict("policy_not_tried");
        if (release.Approve(caller.Actor) is { } refusal) return Refusal.Conflict(refusal);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ShowPolicies.Summary.Of(release));
    }
}
