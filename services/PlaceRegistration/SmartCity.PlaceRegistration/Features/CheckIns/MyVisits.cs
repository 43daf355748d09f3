using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person reads where the city thinks they were.</summary>
internal static class MyVisits
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/me/visits", HandleAsync)
        .WithName("ListMyVisits")
        .WithTags("Visits")
        .WithSummary("The caller's own visits that are kept, newest first.")
        .WithExample(answer: new Page<VisitView>([
            new VisitView(
                Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b002"), Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), "Riverside Market",
                new DateTimeOffset(2026, 3, 4, 4, 0, 0, TimeSpan.Zero), null, new DateTimeOffset(2026, 3, 4, 6, 0, 0, TimeSpan.Zero), false, VisitSource.SelfScan),
        ]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<VisitView>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, People people, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var (citizenId, refusal) = await people.CitizenOfAsync(caller.AccountId, Purpose.OwnRecords, cancellationToken);
        if (refusal is not null) return refusal;

        var visits = db.Visits.Where(visit => visit.CitizenId == citizenId);
        // The order of ids is the order of arrivals; saying it in both lets the index of arrivals serve it.
        if (after is { } id)
        {
            if (new VisitId(id).ArrivedAt is not { } arrivedAt) return PageQuery.InvalidCursor;
            visits = visits.Where(visit => visit.ArrivedAt <= arrivedAt && (visit.ArrivedAt < arrivedAt || visit.Id.CompareTo(id) < 0));
        }

        var rows = await visits
            .OrderByDescending(visit => visit.ArrivedAt).ThenByDescending(visit => visit.Id)
            .Take(page.Take + 1)
            .Join(db.Places, visit => visit.PlaceId, place => place.Id, (visit, place) => new { Visit = visit, place.Name })
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        VisitView[] views =
        [
            .. rows.OrderByDescending(row => row.Visit.ArrivedAt).ThenByDescending(row => row.Visit.Id).Select(row => VisitView.Of(row.Visit, row.Name)),
        ];
        return TypedResults.Ok(Page<VisitView>.From(views, page.Take, visit => visit.VisitId.ToString()));
    }
}

/// <summary>A visit of the caller.</summary>
/// <param name="VisitId">The visit.</param>
/// <param name="PlaceId">Where.</param>
/// <param name="PlaceName">Its name.</param>
/// <param name="ArrivedAt">When it began, UTC.</param>
/// <param name="LeftAt">When it ended, not included, UTC; absent without a check-out.</param>
/// <param name="AssumedUntil">Without a check-out: when the person is taken to have left, UTC.</param>
/// <param name="IsLate">Handed in after the fact.</param>
/// <param name="Source">How it came to be known.</param>
/// <param name="TripId">Aboard a vehicle: the trip.</param>
/// <param name="BoardedAtStop">Number of the stop where the person got on, from 0.</param>
/// <param name="LeftAtStop">Number of the stop where they got off.</param>
public sealed record VisitView(
    Guid VisitId, Guid PlaceId, string PlaceName, DateTimeOffset ArrivedAt, DateTimeOffset? LeftAt, DateTimeOffset? AssumedUntil, bool IsLate,
    VisitSource Source = VisitSource.SelfScan, Guid? TripId = null, short? BoardedAtStop = null, short? LeftAtStop = null)
{
    internal static VisitView Of(Visit visit, string placeName) =>
        new(visit.Id, visit.PlaceId, placeName, visit.ArrivedAt, visit.LeftAt, visit.IsOpen ? visit.Until : null, visit.IsLate, visit.Source, visit.TripId,
            visit.BoardedAtStop, visit.LeftAtStop);
}
