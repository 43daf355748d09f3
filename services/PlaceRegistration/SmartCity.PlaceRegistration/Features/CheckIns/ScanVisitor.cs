using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>Staff at the door scan the code that a visitor shows: the way in for people whose phone does not scan.</summary>
internal static class ScanVisitor
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places/{id:guid}/visitors", HandleAsync)
        .WithName("ScanVisitor")
        .WithTags("Visits")
        .WithSummary("Checks in the person whose health code the staff of the caller's place scanned; the same rules as for a check-in of their own.")
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Ok<CheckInAnswer>, Refusal>> HandleAsync(
        Guid id, ScanRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, Arrivals arrivals, IOptions<VisitLimits> limits,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var place = await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken);
        if (place is null) return Refusal.NotFound("place_unknown");

        var stay = Stay.From(at: null, until: null, now, limits.Value, out _, out _)!; // Now is always within the limits.
        var arrival = new Arrival(DerivedId.OfWrite(caller.AccountId, key.Value), place, stay);
        var (receptions, refusal) = await arrivals.ReceiveAsync(request.Credential, arrival, now, cancellationToken);
        if (receptions is null) return refusal!;
        if (receptions[0].IsKeyReused) return Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        return TypedResults.Ok(CheckInAnswer.Of(receptions[0]) with { VisitId = null });
    }
}

/// <summary>A visitor's code.</summary>
/// <param name="Credential">The text of the QR code that the person shows.</param>
public sealed record ScanRequest([property: Required, StringLength(4000, MinimumLength = 1)] string Credential);
