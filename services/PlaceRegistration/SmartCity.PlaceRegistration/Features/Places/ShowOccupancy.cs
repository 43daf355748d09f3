using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>How full a place is now.</summary>
internal static class ShowOccupancy
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/places/{id:guid}/occupancy", HandleAsync)
        .WithName("ShowOccupancy")
        .WithTags("Places")
        .WithSummary("How many visitors a place of the caller has now: those who checked in, did not check out, and whose time-out is not over.")
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Ok<Occupancy>, Refusal>> HandleAsync(
        Guid id, Caller caller, PlaceRegistrationDb db, IOptions<VisitLimits> limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var earliest = now - limits.Value.Longest;
        var capacity = await db.Places
            .Where(place => place.Id == id && place.OwnerId == caller.AccountId)
            .Select(place => (int?)place.Capacity)
            .SingleOrDefaultAsync(cancellationToken);
        if (capacity is null) return Refusal.NotFound("place_unknown");

        var visitors = await db.Visits
            .Where(visit => visit.PlaceId == id && visit.ArrivedAt > earliest && visit.ArrivedAt <= now + limits.Value.ClockSkew && visit.Until > now && visit.IsOpen)
            .Select(visit => visit.CitizenId)
            .Distinct()
            .CountAsync(cancellationToken);
        return TypedResults.Ok(new Occupancy(visitors, capacity.Value, now));
    }
}

/// <summary>How full a place is.</summary>
/// <param name="Visitors">Persons there now, 0 or more.</param>
/// <param name="Capacity">How many it holds.</param>
/// <param name="CountedAt">When, UTC.</param>
public sealed record Occupancy(int Visitors, int Capacity, DateTimeOffset CountedAt);
