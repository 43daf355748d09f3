using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>How far the tracing of a case is: counts first, persons only where an officer goes on to them.</summary>
internal static class ShowTrace
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}", HandleAsync)
        .WithName("ShowTrace")
        .WithTags("Tracing")
        .WithSummary("When a case was traced, at how many places, and how many contacts were found. The look is recorded.")
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Ok<TraceView>, Refusal>> HandleAsync(
        Guid caseId, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var traced = await db.Cases.AsNoTracking().SingleOrDefaultAsync(traced => traced.CaseId == caseId, cancellationToken);
        if (traced is null) return Refusal.NotFound("case_unknown");

        db.AddLooks(caller, caseId, [null], clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        var found = db.Exposures.Where(exposure => exposure.CaseId == caseId && !exposure.Withdrawn);
        return TypedResults.Ok(new TraceView(
            caseId,
            traced.TracedAt,
            traced.InfectiousFrom,
            traced.InfectiousUntil,
            traced.WithdrawnAt,
            await db.InfectiousStays.Where(stay => stay.CaseId == caseId).Select(stay => stay.PlaceId).Distinct().CountAsync(cancellationToken),
            await found.Select(exposure => exposure.CitizenId).Distinct().CountAsync(cancellationToken)));
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
/// <param name="Places">How many places the case visited in this time.</param>
/// <param name="Contacts">How many persons met the case there.</param>
public sealed record TraceView(
    Guid CaseId, DateTimeOffset? TracedAt, DateTimeOffset? InfectiousFrom, DateTimeOffset? InfectiousUntil, DateTimeOffset? WithdrawnAt, int Places,
    int Contacts);
