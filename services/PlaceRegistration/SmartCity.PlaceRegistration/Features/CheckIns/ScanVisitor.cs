using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>Staff or a gate at the door scan the code that a visitor shows, or read their ID card: the way in for people whose phone does not scan.</summary>
internal static class ScanVisitor
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places/{id:guid}/visitors", HandleAsync)
        .WithName("ScanVisitor")
        .WithTags("Visits")
        .WithSummary("Checks in the person whose health code or ID card the staff or a gate of the caller's place read; the same rules as for a check-in of their own.")
        .WithExample(
            new ScanRequest("SC1:6BFOXN…"),
            new CheckInAnswer(
                CheckInDecision.Refused, "refused_yellow", "A yellow code is not admitted here.", [], Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), "Riverside Market", null,
                new DateTimeOffset(2026, 3, 4, 4, 0, 0, TimeSpan.Zero), false))
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Ok<CheckInAnswer>, Refusal>> HandleAsync(
        Guid id, ScanRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, People people, Arrivals arrivals, IOptions<VisitLimits> limits,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.Credential is null == request.CitizenNumber is null) return Refusal.Invalid("person_missing", "credential");
        var place = await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken);
        if (place is null) return Refusal.NotFound("place_unknown");

        var stay = Stay.From(at: null, until: null, now, limits.Value, out _, out _)!; // Now is always within the limits.
        var source = request.Credential is null ? VisitSource.IdCard : VisitSource.Scanned;
        var arrival = new Arrival(DerivedId.OfWrite(caller.AccountId, key.Value), place, stay, source);
        var (receptions, refusal) = request.Credential is { } credential
            ? await arrivals.ReceiveAsync(credential, arrival, now, cancellationToken)
            : await ReadCardAsync(request.CitizenNumber!, arrival, people, arrivals, now, cancellationToken);
        if (receptions is null || (refusal = receptions[0].Refusal) is not null) return refusal!;
        return TypedResults.Ok(CheckInAnswer.Of(receptions[0]) with { VisitId = null });
    }

    private static async Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReadCardAsync(
        string number, Arrival arrival, People people, Arrivals arrivals, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (found, refusal) = await people.FindAsync([new ScannedPerson { CitizenNumber = number }], cancellationToken);
        return found is null ? (null, refusal)
            : found[0].CitizenId.Length == 0 ? (null, Refusal.Invalid(found[0].Fault, "citizenNumber"))
            : await arrivals.ReceiveCitizenAsync(Guid.Parse(found[0].CitizenId), arrival, now, cancellationToken);
    }
}

/// <summary>What a visitor shows: exactly one of the two.</summary>
/// <param name="Credential">The text of the QR code that the person shows.</param>
/// <param name="CitizenNumber">What the chip of their ID card says (GB 11643). It is not kept here.</param>
public sealed record ScanRequest([property: StringLength(4000, MinimumLength = 1)] string? Credential = null, [property: StringLength(18, MinimumLength = 18)] string? CitizenNumber = null);
