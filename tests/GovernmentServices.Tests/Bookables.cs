using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Booking;

namespace SmartCity.GovernmentServices.Tests;

internal static class Bookables
{
    public static OfferBookableRequest Offer(string service = "nucleic-acid-test", int capacity = 10, TimeSpan? startsIn = null)
    {
        var start = GovernmentCity.Start + (startsIn ?? TimeSpan.FromDays(1));
        return new OfferBookableRequest(service, "People's Square, gate 2", start, start.AddHours(1), capacity, new Position(31.2304, 121.4737));
    }

    public static Task<BookableView> OfferAsync(this GovernmentCity city, string service = "nucleic-acid-test", int capacity = 10, TimeSpan? startsIn = null) =>
        city.Officer().PostedAsync<BookableView>("/bookables", Offer(service, capacity, startsIn));

    public static Task<BookableView> OfferAsync(this GovernmentCity city, OfferBookableRequest offer) => city.Officer().PostedAsync<BookableView>("/bookables", offer);

    /// <summary>Books with the ticket of a waiting room.</summary>
    public static async Task<HttpResponseMessage> BookWithAsync(this HttpClient person, Guid bookable, string? ticket)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{GovernmentCity.Path}/bookables/{bookable}/bookings");
        request.Headers.Add("Queue-Ticket", ticket);
        return await person.SendAsync(request);
    }

    /// <summary>The ledger's law: what is counted is what is there, and never more than there is room for.</summary>
    public static async Task CountsShouldEqualRowsAsync(this GovernmentCity city) =>
        (await city.Database.ScalarAsync<long>("""
            SELECT count(*) FROM bookables
            WHERE booked > capacity OR booked <> (SELECT coalesce(sum(quantity), 0) FROM bookings WHERE bookable_id = bookables.id AND state IN ('Held', 'Booked'))
            """)).ShouldBe(0);
}
