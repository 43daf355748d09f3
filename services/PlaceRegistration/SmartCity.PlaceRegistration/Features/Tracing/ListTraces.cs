using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>The officers' queue: traces that wait for release, or were released or recalled. Counts only.</summary>
internal static class ListTraces
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces", HandleAsync)
        .WithName("ListTraces")
        .WithTags("Tracing")
        .WithSummary("Traces by how far their release is, waiting ones if nothing is said, in the order of their cases' ids.")
        .WithExample(answer: new Page<TraceLine>([new TraceLine(Examples.CaseId, CaseRelease.Waiting, "large", 412, Examples.At)]))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<Page<TraceLine>>, Refusal>> HandleAsync(
        Word<CaseRelease>? release, [AsParameters] PageQuery page, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var which = release?.Value ?? CaseRelease.Waiting;
        var rows = await db.Cases
            .Where(traced => traced.Release == which && traced.WithdrawnAt == null && traced.Policy != null && (after == null || traced.CaseId.CompareTo(after.Value) > 0))
            .OrderBy(traced => traced.CaseId)
            .Take(page.Take + 1)
            .Select(traced => new TraceLine(
                traced.CaseId, traced.Release, traced.ReleaseClass,
                db.Exposures.Where(exposure => exposure.CaseId == traced.CaseId && !exposure.Withdrawn).Select(exposure => exposure.CitizenId).Distinct().Count(), traced.TracedAt))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<TraceLine>.From(rows, page.Take, trace => trace.CaseId.ToString()));
    }
}

/// <summary>A trace in the queue.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Release">Whether people have been told.</param>
/// <param name="ReleaseClass">The policy's class of releases.</param>
/// <param name="Contacts">How many persons it holds.</param>
/// <param name="TracedAt">When the confirmation was traced, UTC.</param>
public sealed record TraceLine(Guid CaseId, CaseRelease Release, string? ReleaseClass, int Contacts, DateTimeOffset? TracedAt);
