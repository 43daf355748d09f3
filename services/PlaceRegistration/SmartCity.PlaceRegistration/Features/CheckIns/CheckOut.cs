using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person leaves. What tracing made of the assumed length is corrected with it.</summary>
internal static class CheckOut
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/check-ins/{visitId:guid}/check-out", HandleAsync)
        .WithName("CheckOut")
        .WithTags("Visits")
        .WithSummary("Ends the caller's own visit, now or at a time given; the first check-out holds, repeating it changes nothing.")
        .WithExample(
            new CheckOutRequest(new DateTimeOffset(2026, 3, 4, 5, 30, 0, TimeSpan.Zero)),
            new VisitView(
                Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b002"), Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), "Riverside Market",
                new DateTimeOffset(2026, 3, 4, 4, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 4, 5, 30, 0, TimeSpan.Zero), null, false, VisitSource.SelfScan))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<VisitView>, Refusal>> HandleAsync(
        Guid visitId, CheckOutRequest request, Caller caller, People people, PlaceRegistrationDb db, VisitLog visits, IOptions<VisitLimits> limits,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (citizenId, refusal) = await people.CitizenOfAsync(caller.AccountId, Purpose.OwnRecords, cancellationToken);
        if (refusal is not null) return refusal;
        if (await db.VisitAsync(visitId, citizenId, cancellationToken) is not { } visit) return Refusal.NotFound("visit_unknown");
        if (visit.IsOpen)
        {
            var trip = visit.TripId is { } tripId ? await db.Trips.AsNoTracking().SingleOrDefaultAsync(trip => trip.Id == tripId, cancellationToken) : null;
            if (request.Stop is { } number && (trip is null || number >= trip.Stops.Count || number <= visit.BoardedAtStop)) return Refusal.Invalid("stop_invalid", "stop");
            var leftAt = request.At ?? (request.Stop is { } stop && trip!.Stops[stop].At <= now ? trip.Stops[stop].At : now);
            if (Stay.FaultOfEnd(visit.ArrivedAt, leftAt, now, limits.Value) is { } fault) return Refusal.Invalid(fault, "at");
            await visits.LeaveAsync(visit, Stay.Truncate(leftAt), request.Stop ?? trip?.StopAt(leftAt), now, cancellationToken);
            visit = (await db.VisitAsync(visitId, citizenId, CancellationToken.None))!; // Just written, and nothing deletes single visits.
        }

        var name = await db.Places.Where(place => place.Id == visit.PlaceId).Select(place => place.Name).SingleAsync(CancellationToken.None);
        return TypedResults.Ok(VisitView.Of(visit, name));
    }

    private static async Task<Visit?> VisitAsync(this PlaceRegistrationDb db, Guid visitId, Guid citizenId, CancellationToken cancellationToken)
    {
        // The arrival, which the id holds, leads to the one partition.
        if (new VisitId(visitId).ArrivedAt is not { } arrivedAt) return null;
        return await db.Visits.AsNoTracking().SingleOrDefaultAsync(
            visit => visit.Id == visitId && visit.ArrivedAt == arrivedAt && visit.CitizenId == citizenId, cancellationToken);
    }
}

/// <summary>The end of a visit.</summary>
/// <param name="At">When the person left, not included; absent for now.</param>
/// <param name="Stop">Aboard a vehicle: the number of the stop where the person gets off; absent for the one that it is at.</param>
public sealed record CheckOutRequest(DateTimeOffset? At = null, [property: Range(0, 500)] short? Stop = null);
