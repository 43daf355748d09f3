using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person scans a place's code.</summary>
internal static class CheckIn
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/check-ins", HandleAsync)
        .WithName("CheckIn")
        .WithTags("Visits")
        .WithSummary("Checks in at a place: admits or refuses by the caller's health code, and records the visit; with a past time it is recorded as late.")
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<CheckInAnswer>, Refusal>> HandleAsync(
        CheckInRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, Arrivals arrivals, IOptions<VisitLimits> limits, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (Stay.From(request.At, request.Until, now, limits.Value, out var fault, out var field) is not { } stay) return Refusal.Invalid(fault, field);

        var (place, refusal) = await db.PlaceOfAsync(request.PlaceCode, request.PlaceId, cancellationToken);
        if (place is null) return refusal!;

        var arrival = new Arrival(DerivedId.OfWrite(caller.AccountId, key.Value), place, stay);
        (var receptions, refusal) = await arrivals.ReceiveAsync(caller.AccountId, [arrival], now, cancellationToken);
        if (receptions is null) return refusal!;
        if (receptions[0].IsKeyReused) return Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        return TypedResults.Ok(CheckInAnswer.Of(receptions[0]));
    }

    /// <summary>The place that a request names by exactly one of its code and its id.</summary>
    private static async Task<(Place? Place, Refusal? Refusal)> PlaceOfAsync(
        this PlaceRegistrationDb db, string? placeCode, Guid? placeId, CancellationToken cancellationToken)
    {
        if (placeCode is null == placeId is null) return (null, Refusal.Invalid("place_missing", "placeCode"));
        var places = db.Places.AsNoTracking();
        if (placeId is not null) places = places.Where(place => place.Id == placeId);
        else if (PlaceCode.TryParse(placeCode, out var code)) places = places.Where(place => place.Code == code.Value);
        else return (null, Refusal.Invalid("place_code_invalid", "placeCode"));
        return await places.SingleOrDefaultAsync(cancellationToken) is { } place ? (place, null) : (null, Refusal.NotFound("place_unknown"));
    }
}

/// <summary>A check-in.</summary>
/// <param name="PlaceCode">The text of the place's code, <c>SCP:…</c>; this or <paramref name="PlaceId"/>.</param>
/// <param name="PlaceId">The place; this or <paramref name="PlaceCode"/>.</param>
/// <param name="At">When the visit began, within the last 14 days; absent for now. More than two minutes ago is late: recorded, not admitted.</param>
/// <param name="Until">When the visit ended, not included; absent while it lasts.</param>
public sealed record CheckInRequest(
    [property: StringLength(100)] string? PlaceCode = null, Guid? PlaceId = null, DateTimeOffset? At = null, DateTimeOffset? Until = null);
