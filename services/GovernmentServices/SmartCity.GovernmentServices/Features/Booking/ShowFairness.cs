using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A department sees whether the old, and those who do not come online, got their share.</summary>
internal static class ShowFairness
{
    /// <summary>Fewer people than this are not told: somebody could recognise them.</summary>
    private const int Smallest = 10;

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/department/bookables/{id:guid}/fairness", HandleAsync)
        .WithName("ShowFairness")
        .WithTags("Booking")
        .WithSummary($"How many people of which age came by which channel, got something, or wait; numbers below {Smallest} are left out.")
        .WithExample(answer: new FairnessView([new FairnessRow("60-79", BookingChannel.Counter, 120, 14), new FairnessRow("80+", BookingChannel.Phone, 31, null)]))
        .Allow(Roles.DepartmentOfficer);

    private static async Task<Results<Ok<FairnessView>, Refusal>> HandleAsync(Guid id, Caller caller, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!await db.Bookables.AnyAsync(bookable => bookable.Id == id && bookable.Department == department, cancellationToken)) return Refusal.NotFound();
        var counts = await (
            from booking in db.Bookings
            where booking.BookableId == id && booking.EndedAt == null
            join facts in db.BookingFacts on booking.AccountId equals facts.AccountId into told
            from facts in told.DefaultIfEmpty()
            group booking by new { Band = facts == null ? "unknown" : facts.AgeBand, booking.Channel } into people
            orderby people.Key.Band
            select new { people.Key, Served = people.Count(booking => booking.State != BookingState.Waiting), Waiting = people.Count(booking => booking.State == BookingState.Waiting) })
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new FairnessView([.. counts.Select(row => new FairnessRow(row.Key.Band, row.Key.Channel, Told(row.Served), Told(row.Waiting)))]));
    }

    private static int? Told(int people) => people >= Smallest ? people : null;
}

/// <summary>Who got what.</summary>
/// <param name="Rows">Per age band and channel.</param>
public sealed record FairnessView(IReadOnlyList<FairnessRow> Rows);

/// <summary>People of one age who came by one channel.</summary>
/// <param name="AgeBand"><c>0-17</c>, <c>18-59</c>, <c>60-79</c>, <c>80+</c>, or <c>unknown</c> for who has not told it.</param>
/// <param name="Channel">How they came.</param>
/// <param name="Served">How many hold a booking; absent below ten.</param>
/// <param name="Waiting">How many wait; absent below ten.</param>
public sealed record FairnessRow(string AgeBand, BookingChannel Channel, int? Served = null, int? Waiting = null);
