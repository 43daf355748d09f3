using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A vehicle's owner says when it runs and where it stops; who checks in aboard is on the trip that runs then, from a stop.</summary>
internal sealed class Trips(IServiceScopeFactory scopes)
{
    private static readonly TripRequest ExampleRequest = new("Line 49", [new Stop("Xujiahui", At(4, 0)), new Stop("Jing'an Temple", At(4, 20)), new Stop("Hanzhong Road", At(4, 35))]);

    /// <summary>Who boards early, while the vehicle waits, is aboard.</summary>
    private static readonly TimeSpan Waits = TimeSpan.FromMinutes(15);

    /// <summary>A vehicle this late is still on its way: who names a stop is aboard.</summary>
    private static readonly TimeSpan Latest = TimeSpan.FromHours(2);

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places/{id:guid}/trips", HandleAsync)
        .WithName("AnnounceTrip")
        .WithTags("Places")
        .WithSummary("Announces a trip of the caller's vehicle (a place of type transport): a bus, a train of the metro, a ride; with its stops.")
        .WithExample(ExampleRequest, new TripView(Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e0b1"), Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), ExampleRequest.Line, ExampleRequest.Stops))
        .Allow(Roles.VenueOperator);

    /// <summary>Puts somebody who arrives at a vehicle on its trip; where none runs, the vehicle is a place like any other.</summary>
    /// <returns>A fault is a problem's code with the field that is wrong.</returns>
    public async Task<(Arrival Arrival, string Fault, string Field)> BoardAsync(Arrival arrival, Guid? tripId, short? stop, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlaceRegistrationDb>();
        var (vehicle, at) = (arrival.Place.Id, arrival.Stay.ArrivedAt);
        var trips = db.Trips.AsNoTracking().Where(trip => trip.VehicleId == vehicle);
        var over = stop is null ? at : at - Latest;
        var trip = tripId is { } id
            ? await trips.SingleOrDefaultAsync(trip => trip.Id == id, cancellationToken)
            : await trips.Where(trip => trip.DepartsAt <= at + Waits && trip.EndsAt > over).OrderBy(trip => trip.EndsAt <= at).ThenBy(trip => trip.DepartsAt).FirstOrDefaultAsync(cancellationToken);
        if (trip is null) return tripId is null && stop is null ? (arrival, "", "") : (arrival, "trip_unknown", "tripId");
        // Nobody gets on where the trip ends.
        if (stop >= trip.Stops.Count - 1) return (arrival, "stop_invalid", "stop");
        arrival = arrival with { Source = VisitSource.Boarding, Trip = trip, Stop = stop ?? Math.Min(trip.StopAt(at), (short)(trip.Stops.Count - 2)) };
        // However late the vehicle, or the scan: whoever names the stop is aboard from it, so that two who shared part of the way shared its time.
        if (stop is { } boarded && trip.Stops[boarded].At < at) arrival = arrival with { Stay = arrival.Stay with { ArrivedAt = Stay.Truncate(trip.Stops[boarded].At) } };
        return (arrival, "", "");
    }

    private static async Task<Results<Ok<TripView>, Refusal>> HandleAsync(
        Guid id, TripRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var vehicle = await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken);
        if (vehicle is null) return Refusal.NotFound("place_unknown");
        if (vehicle.Type != PlaceType.Transport) return Refusal.Conflict("place_no_vehicle");
        if (request.Stops.Zip(request.Stops.Skip(1)).Any(pair => pair.First.At >= pair.Second.At)) return Refusal.Invalid("stops_reversed", "stops");
        if (request.Stops[^1].At - request.Stops[0].At > TimeSpan.FromHours(24)) return Refusal.Invalid("stay_too_long", "stops");

        var before = await db.Trips.AsNoTracking().SingleOrDefaultAsync(trip => trip.VehicleId == id && trip.Key == key.Value, cancellationToken);
        if (before is not null) return TypedResults.Ok(TripView.Of(before));
        var trip = new Trip
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()), VehicleId = id, Key = key.Value, Line = request.Line, DepartsAt = request.Stops[0].At.ToUniversalTime(),
            EndsAt = request.Stops[^1].At.ToUniversalTime(), Stops = [.. request.Stops.Select(stop => stop with { At = stop.At.ToUniversalTime() })],
        };
        db.Add(trip);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(TripView.Of(trip));
    }

    private static DateTimeOffset At(int hour, int minute) => new(2026, 3, 4, hour, minute, 0, TimeSpan.Zero);
}

/// <summary>A trip.</summary>
/// <param name="Line">For people: the line, the ride's number.</param>
/// <param name="Stops">In the order of the way.</param>
public sealed record TripRequest(
    [property: StringLength(100, MinimumLength = 1), RegularExpression(PlaceRequest.Line)] string Line, [property: Required, Length(2, 200)] IReadOnlyList<Stop> Stops);

/// <summary>A trip that is known.</summary>
/// <param name="TripId">The trip.</param>
/// <param name="VehicleId">The vehicle, which is a place.</param>
/// <param name="Line">For people.</param>
/// <param name="Stops">In the order of the way; their numbers are from 0.</param>
public sealed record TripView(Guid TripId, Guid VehicleId, string Line, IReadOnlyList<Stop> Stops)
{
    internal static TripView Of(Trip trip) => new(trip.Id, trip.VehicleId, trip.Line, trip.Stops);
}
