using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person takes a place in a slot; trying again finds the place that they have.</summary>
internal static class BookSlot
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/slots/{id:guid}/bookings", HandleAsync)
        .WithName("BookSlot")
        .WithTags("Booking")
        .WithSummary("Books a place in a slot for the caller; repeated, it answers the same booking.")
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<BookingView>, Refusal>> HandleAsync(
        Guid id, Caller caller, GovernmentServicesDb db, BookingLedger ledger, CityDirectory directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var seen = await db.Slots.AsNoTracking()
            .Where(slot => slot.Id == id)
            .Select(slot => new
            {
                Slot = slot,
                Mine = db.Bookings.FirstOrDefault(booking => booking.SlotId == id && booking.AccountId == caller.AccountId && booking.CancelledAt == null),
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (seen is null) return Refusal.NotFound();
        if (seen.Mine is { } mine) return TypedResults.Ok(BookingView.Of(seen.Slot, mine.Id, mine.BookedAt, directory));
        if (seen.Slot.HasStarted(now)) return Refusal.Conflict("slot_started");
        // Most who come to a rush come too late: they are told without a lock.
        if (seen.Slot.IsFull) return Refusal.Conflict("slot_full");
        if (!directory.BookableServices.TryGetValue(seen.Slot.Service, out var service)) return Refusal.Conflict("service_closed");

        var outcome = await ledger.BookAsync(
            Guid.CreateVersion7(now), id, seen.Slot.Service, caller.AccountId, caller.Actor, service.OpenBookingsPerPerson, now, cancellationToken);
        return outcome switch
        {
            BookingOutcome.Booked booked => TypedResults.Ok(BookingView.Of(seen.Slot, booked.BookingId, booked.BookedAt, directory)),
            BookingOutcome.LimitReached => Refusal.Conflict("booking_limit_reached", field: null, service.OpenBookingsPerPerson),
            BookingOutcome.Full => Refusal.Conflict("slot_full"),
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
    }
}

/// <summary>A booking of the caller.</summary>
/// <param name="Id">The booking.</param>
/// <param name="SlotId">The slot.</param>
/// <param name="Service">What is served.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Place">Where to come.</param>
/// <param name="StartsAt">From when, UTC.</param>
/// <param name="EndsAt">Until when, not included, UTC.</param>
/// <param name="BookedAt">When it was booked, UTC.</param>
/// <param name="Position">Where the place is; absent where it was not said.</param>
public sealed record BookingView(
    Guid Id, Guid SlotId, string Service, string ServiceName, string Place, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset BookedAt,
    Position? Position = null)
{
    internal static BookingView Of(Slot slot, Guid bookingId, DateTimeOffset bookedAt, CityDirectory directory) => new(
        bookingId, slot.Id, slot.Service, directory.NameOfService(slot.Service), slot.Place, slot.StartsAt, slot.EndsAt, bookedAt, slot.Position);
}
