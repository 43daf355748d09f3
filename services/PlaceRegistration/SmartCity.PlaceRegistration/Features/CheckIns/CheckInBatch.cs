using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A phone that was offline hands in its stays; each is answered for itself.</summary>
internal static class CheckInBatch
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/check-ins/batch", HandleAsync)
        .WithName("CheckInBatch")
        .WithTags("Visits")
        .WithSummary("Hands in up to 200 stays of the caller at once, each with its own key, in any order and as often as needed: one visit each.")
        .WithExample(
            new BatchRequest([new StayLine(Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b0aa"), Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), new DateTimeOffset(2026, 3, 3, 4, 0, 0, TimeSpan.Zero))]),
            new BatchAnswer([new StayAnswer(Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b0aa"), StayOutcome.Recorded, "recorded_late", Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b002"))]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<BatchAnswer>, Refusal>> HandleAsync(
        BatchRequest request, Caller caller, PlaceRegistrationDb db, Arrivals arrivals, IOptions<VisitLimits> limits, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Guid[] placeIds = [.. request.Stays.Select(stay => stay.PlaceId).Distinct()];
        var places = await db.Places.AsNoTracking().Where(place => placeIds.Contains(place.Id)).ToDictionaryAsync(place => place.Id, cancellationToken);

        (Arrival? Arrival, string Fault)[] lines = [.. request.Stays.Select(line => Check(line, caller, places, now, limits.Value))];
        Arrival[] arriving = [.. lines.Select(line => line.Arrival).OfType<Arrival>()];

        var (receptions, refusal) = arriving.Length == 0 ? ([], null) : await arrivals.ReceiveAsync(caller.AccountId, arriving, now, cancellationToken);
        if (receptions is null) return refusal!;

        var received = new Queue<Reception>(receptions);
        return TypedResults.Ok(new BatchAnswer([.. request.Stays.Zip(lines, (stay, line) =>
            line.Arrival is null ? new StayAnswer(stay.Key, StayOutcome.Rejected, line.Fault, VisitId: null) : Answer(stay.Key, received.Dequeue()))]));
    }

    private static (Arrival? Arrival, string Fault) Check(
        StayLine line, Caller caller, Dictionary<Guid, Place> places, DateTimeOffset now, VisitLimits limits)
    {
        if (line.Key == Guid.Empty) return (null, "idempotency_key_missing");
        if (!places.TryGetValue(line.PlaceId, out var place)) return (null, "place_unknown");
        return Stay.From(line.At, line.Until, now, limits, out var fault, out _) is { } stay
            ? (new Arrival(DerivedId.OfWrite(caller.AccountId, line.Key), place, stay, VisitSource.SelfScan), "")
            : (null, fault);
    }

    private static StayAnswer Answer(Guid key, Reception reception) => reception switch
    {
        { Refusal: { } refusal } => new StayAnswer(key, StayOutcome.Rejected, refusal.Code, VisitId: null),
        { Visit: { } visit } => new StayAnswer(key, StayOutcome.Recorded, reception.Admission.Reason, visit.Id),
        _ => new StayAnswer(key, StayOutcome.Refused, reception.Admission.Reason, VisitId: null),
    };
}

/// <summary>Stays of one person.</summary>
/// <param name="Stays">In any order.</param>
public sealed record BatchRequest([property: Required, Length(1, 200)] IReadOnlyList<StayLine> Stays);

/// <summary>One stay.</summary>
/// <param name="Key">A UUID made by the client, new for every new stay: the same key again is the same visit.</param>
/// <param name="PlaceId">The place.</param>
/// <param name="At">When it began, within the last 14 days.</param>
/// <param name="Until">When it ended, not included; absent while it lasts.</param>
public sealed record StayLine(Guid Key, Guid PlaceId, DateTimeOffset At, DateTimeOffset? Until = null);

/// <summary>The answers, in the order of the stays.</summary>
/// <param name="Stays">One for each.</param>
public sealed record BatchAnswer(IReadOnlyList<StayAnswer> Stays);

/// <summary>The answer to one stay.</summary>
/// <param name="Key">The stay's key.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why, as a stable code: of the admission, or of the problem with a stay that was rejected.</param>
/// <param name="VisitId">The visit; absent where nothing was recorded.</param>
public sealed record StayAnswer(Guid Key, StayOutcome Outcome, string Reason, Guid? VisitId);

/// <summary>What became of a stay in a batch.</summary>
public enum StayOutcome
{
    /// <summary>There is a visit, from this request or one before.</summary>
    Recorded,

    /// <summary>The stay began just now and the admission rules do not let this person in.</summary>
    Refused,

    /// <summary>The stay is not valid; sending it again will not help.</summary>
    Rejected,
}
