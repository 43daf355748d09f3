using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>An application that needs a time takes it from the same ledger as every other booking.</summary>
internal sealed class Appointments(GovernmentServicesDb db, BookingLedger ledger, CityDirectory directory, TimeProvider clock)
{
    public async Task<(Guid? BookingId, Refusal? Refusal)> TakeAsync(
        AppointmentDefinition appointment, IReadOnlyDictionary<string, JsonElement> form, Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var field = $"form.{appointment.Field}";
        var slot = form[appointment.Field].TryGetGuid(out var id)
            ? await db.Slots.AsNoTracking().SingleOrDefaultAsync(slot => slot.Id == id && slot.Service == appointment.Item, cancellationToken)
            : null;
        if (slot is null) return (null, Refusal.Invalid("slot_unknown", field));
        var limit = directory.BookableServices[slot.Service].OpenBookingsPerPerson;
        if (slot.HasStarted(now)) return (null, Refusal.Conflict("slot_started", field));
        return await ledger.BookAsync(Guid.CreateVersion7(now), slot.Id, slot.Service, caller.AccountId, caller.Actor, limit, now, cancellationToken) switch
        {
            BookingOutcome.Booked booked => (booked.BookingId, null),
            BookingOutcome.LimitReached => (null, Refusal.Conflict("booking_limit_reached", field, limit)),
            _ => (null, Refusal.Conflict("slot_full", field)),
        };
    }

    public async Task GiveBackAsync(Guid bookingId, Guid accountId, CancellationToken cancellationToken)
    {
        var service = await db.Bookings.Where(booking => booking.Id == bookingId).Select(booking => booking.Slot!.Service).SingleOrDefaultAsync(cancellationToken);
        if (service is not null) await ledger.CancelAsync(bookingId, accountId, service, clock.GetUtcNow(), cancellationToken);
    }
}
