using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Booking;

namespace SmartCity.GovernmentServices.Tests;

internal static class Slots
{
    public static OfferSlotRequest Offer(string service = "nucleic-acid-test", int capacity = 10, TimeSpan? startsIn = null)
    {
        var start = GovernmentCity.Start + (startsIn ?? TimeSpan.FromDays(1));
        return new OfferSlotRequest(service, "People's Square, gate 2", start, start.AddHours(1), capacity, new Position(31.2304, 121.4737));
    }

    public static Task<SlotView> OfferAsync(this GovernmentCity city, string service = "nucleic-acid-test", int capacity = 10, TimeSpan? startsIn = null) =>
        city.Officer().PostedAsync<SlotView>("/slots", Offer(service, capacity, startsIn));

    /// <summary>The ledger's law: what is counted is what is there, and never more than there is room for.</summary>
    public static async Task CountsShouldEqualRowsAsync(this GovernmentCity city) =>
        (await city.Database.ScalarAsync<long>("""
            SELECT count(*) FROM slots
            WHERE booked > capacity OR booked <> (SELECT count(*) FROM bookings WHERE slot_id = slots.id AND cancelled_at IS NULL)
            """)).ShouldBe(0);
}
