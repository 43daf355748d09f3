using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>How full a place is now, and which places are nearly full.</summary>
internal static class ShowOccupancy
{
    /// <summary>Alerts that are looked at in one answer.</summary>
    private const int MostCrowded = 200;

    private static readonly Occupancy Example = new(712, 800, new DateTimeOffset(2026, 3, 4, 4, 0, 0, TimeSpan.Zero));

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/places/{id:guid}/occupancy", ShowAsync).WithName("ShowOccupancy").WithTags("Places")
            .WithSummary("How many visitors a place of the caller, its parts counted in, has now: who checked in, did not check out, and whose time-out is not over.")
            .WithExample(answer: Example).Allow(Roles.VenueOperator);
        features.MapGet("/crowded-places", ListAsync).WithName("ListCrowdedPlaces").WithTags("Places")
            .WithSummary("Places that hold four fifths of their capacity or more, the longest first: the caller's own, or for a health officer all.")
            .WithExample(answer: new[] { new CrowdedPlace(Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), "Riverside Market", 712, 800, new DateTimeOffset(2026, 3, 4, 3, 40, 0, TimeSpan.Zero)) })
            .Allow(Roles.VenueOperator, Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<Occupancy>, Refusal>> ShowAsync(
        Guid id, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var capacity = await db.Places
            .Where(place => place.Id == id && place.OwnerId == caller.AccountId)
            .Select(place => (int?)place.Capacity)
            .SingleOrDefaultAsync(cancellationToken);
        if (capacity is null) return Refusal.NotFound("place_unknown");
        return TypedResults.Ok(new Occupancy(await Crowds.CountAsync(database, id, now, limits.Value, cancellationToken), capacity.Value, now));
    }

    private static async Task<Ok<CrowdedPlace[]>> ListAsync(
        Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var alerts = await db.CrowdAlerts.Join(db.Places.OpenTo(caller), alert => alert.PlaceId, place => place.Id, (alert, place) => new { place.Id, place.Name, place.Capacity, alert.Since })
            .OrderBy(row => row.Since).Take(MostCrowded).ToListAsync(cancellationToken);
        var crowded = new List<CrowdedPlace>();
        foreach (var row in alerts)
        {
            // An alert is raised when people come in; that they have gone shows here.
            var visitors = await Crowds.CountAsync(database, row.Id, now, limits.Value, cancellationToken);
            if (visitors >= Crowds.Crowded * row.Capacity) crowded.Add(new CrowdedPlace(row.Id, row.Name, visitors, row.Capacity, row.Since));
        }

        return TypedResults.Ok(crowded.ToArray());
    }
}

/// <summary>How full a place is.</summary>
/// <param name="Visitors">Persons there now, 0 or more.</param>
/// <param name="Capacity">How many it holds.</param>
/// <param name="CountedAt">When, UTC.</param>
public sealed record Occupancy(int Visitors, int Capacity, DateTimeOffset CountedAt);

/// <summary>A place that is nearly full, or fuller.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="Name">As on the door.</param>
/// <param name="Visitors">Persons there now.</param>
/// <param name="Capacity">How many it holds.</param>
/// <param name="Since">When it was first seen so, UTC.</param>
public sealed record CrowdedPlace(Guid PlaceId, string Name, int Visitors, int Capacity, DateTimeOffset Since);
