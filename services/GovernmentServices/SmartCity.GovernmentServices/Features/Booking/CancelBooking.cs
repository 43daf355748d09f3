using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person gives their place back for somebody else.</summary>
internal static class CancelBooking
{
    public static void Map(IEndpointRouteBuilder features) => features.MapDelete("/bookings/{id:guid}", HandleAsync)
        .WithName("CancelBooking")
        .WithTags("Booking")
        .WithSummary("Cancels the caller's booking before its slot starts, and frees the place; repeated, it changes nothing.")
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<NoContent, Refusal>> HandleAsync(
        Guid id, Caller caller, GovernmentServicesDb db, BookingLedger ledger, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var booking = await db.Bookings.AsNoTracking().Include(booking => booking.Slot)
            .SingleOrDefaultAsync(booking => booking.Id == id && booking.AccountId == caller.AccountId, cancellationToken);
        if (booking is not { Slot: { } slot }) return Refusal.NotFound();
        if (booking.CancelledAt is not null) return TypedResults.NoContent();
        if (slot.HasStarted(now)) return Refusal.Conflict("slot_started");

        await ledger.CancelAsync(id, caller.AccountId, slot.Service, now, cancellationToken);
        return TypedResults.NoContent();
    }
}
