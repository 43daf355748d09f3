using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person scans a place's code.</summary>
internal static class CheckIn
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/check-ins", HandleAsync)
        .WithName("CheckIn")
        .WithTags("Visits")
        .WithSummary("Checks in at a place: admits or refuses by the caller's health code, and records the visit; with a past time it is recorded as late.")
        .WithExample(
            new CheckInRequest("SCP:5F0C7A1E93B84D2AA6C1E0D47B92F138"),
            new CheckInAnswer(
                CheckInDecision.Admitted, "admitted", "Welcome.", [new Notice("notice_mask", "Please wear a mask here.")], Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"),
                "Riverside Market", Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b002"), new DateTimeOffset(2026, 3, 4, 4, 0, 0, TimeSpan.Zero), false))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<CheckInAnswer>, Refusal>> HandleAsync(
        CheckInRequest request, IdempotencyKey key, Caller caller, PlaceBook places, Trips trips, Arrivals arrivals, IOptions<VisitLimits> limits, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (Stay.From(request.At, request.Until, now, limits.Value, out var fault, out var field) is not { } stay) return Refusal.Invalid(fault, field);

        var (place, refusal) = await PlaceOfAsync(places, request, stay.IsLate, now, cancellationToken);
        if (place is null) return refusal!;

        var arrival = new Arrival(DerivedId.OfWrite(caller.AccountId, key.Value), place, stay, VisitSource.SelfScan);
        if (place.Type == PlaceType.Transport)
        {
            (arrival, fault, field) = await trips.BoardAsync(arrival, request.TripId, request.Stop, cancellationToken);
            if (fault.Length > 0) return Refusal.Invalid(fault, field);
        }

        (var receptions, refusal) = await arrivals.ReceiveAsync(caller.AccountId, [arrival], now, cancellationToken);
        if (receptions is null || (refusal = receptions[0].Refusal) is not null) return refusal!;
        return TypedResults.Ok(CheckInAnswer.Of(receptions[0]));
    }

    /// <summary>The place that a request names by exactly one of its code and its id. Where the code changes on a screen, only that lets people in.</summary>
    private static async Task<(Place? Place, Refusal? Refusal)> PlaceOfAsync(
        PlaceBook places, CheckInRequest request, bool isLate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (request.PlaceCode is null == request.PlaceId is null) return (null, Refusal.Invalid("place_missing", "placeCode"));
        Place? place;
        if (ScreenCode.TryParse(request.PlaceCode, out var shown))
        {
            if (!shown.IsShownAt(now, places.ScreenKeyOf(shown.PlaceId))) return (null, Refusal.Invalid("place_code_expired", "placeCode"));
            place = await places.FindAsync(shown.PlaceId, cancellationToken);
        }
        else
        {
            if (request.PlaceId is { } id) place = await places.FindAsync(id, cancellationToken);
            else if (PlaceCode.TryParse(request.PlaceCode, out var code)) place = await places.FindAsync(code, cancellationToken);
            else return (null, Refusal.Invalid("place_code_invalid", "placeCode"));
            if (place is { RotatesCode: true } && !isLate) return (null, Refusal.Conflict("place_code_outdated", "placeCode"));
        }

        return place is null ? (null, Refusal.NotFound("place_unknown")) : (place, null);
    }
}

/// <summary>A check-in.</summary>
/// <param name="PlaceCode">The text of the place's code, <c>SCP:…</c> of a poster or <c>SCR:…</c> of a screen; this or <paramref name="PlaceId"/>.</param>
/// <param name="PlaceId">The place; this or <paramref name="PlaceCode"/>.</param>
/// <param name="At">When the visit began, within the last 14 days; absent for now. More than two minutes ago is late: recorded, not admitted.</param>
/// <param name="Until">When the visit ended, not included; absent while it lasts.</param>
/// <param name="TripId">Aboard a vehicle: its trip; absent for the one that runs now.</param>
/// <param name="Stop">Aboard a vehicle: the number of the stop where the person gets on, from 0; absent for the one that it is at.</param>
public sealed record CheckInRequest(
    [property: StringLength(100)] string? PlaceCode = null, Guid? PlaceId = null, DateTimeOffset? At = null, DateTimeOffset? Until = null, Guid? TripId = null,
    [property: Range(0, 500)] short? Stop = null);
