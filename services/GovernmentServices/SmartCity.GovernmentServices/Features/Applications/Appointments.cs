using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>
/// An application that needs a time names a booking that the applicant has, in no other application that counts. Booking itself goes through the one
/// writer of its ledger; it is given back when the application is withdrawn or refused.
/// </summary>
internal sealed class Appointments(GovernmentServicesDb db)
{
    public async Task<(Guid? BookingId, Refusal? Refusal)> TakeAsync(
        AppointmentDefinition appointment, IReadOnlyDictionary<string, JsonElement> form, Caller caller, CancellationToken cancellationToken)
    {
        var isTheirs = form[appointment.Field].TryGetGuid(out var id) && await db.Bookings.AnyAsync(
            booking => booking.Id == id && booking.AccountId == caller.AccountId && booking.Service == appointment.Item
                && (booking.State == BookingState.Booked || booking.State == BookingState.Held)
                && !db.Applications.Any(other => other.BookingId == id && other.State != ApplicationState.Refused && other.State != ApplicationState.Withdrawn),
            cancellationToken);
        return isTheirs ? (id, null) : (null, Refusal.Invalid("booking_unknown", $"form.{appointment.Field}"));
    }
}
