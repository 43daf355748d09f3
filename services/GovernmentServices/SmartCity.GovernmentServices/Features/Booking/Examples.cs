using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>What the OpenAPI document shows, shared by the operations of booking.</summary>
internal static class Examples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static readonly OfferBookableRequest Offer = new(
        "masks", "人民广场药房 People's Square Pharmacy", Start, Start.AddDays(2), 5000, new Position(31.2304, 121.4737), BookableKind.Stock, PerPerson: 5,
        HoldMinutes: 15, Quotas: new QuotasRequest(Counter: 500, Phone: 500, GridWorker: 250));

    public static readonly BookableView Bookable = new(
        Guid.Parse("01954c2a-5b80-7cc1-9d54-3a1f0a3f7e11"), BookableKind.Stock, BookingMode.FirstCome, "masks", "Masks", "health-commission", "Health Commission",
        Offer.Place, Start, Start.AddDays(2), Start.AddDays(-1), 5000, 5, 1234, Offer.Position, HoldMinutes: 15);

    public static readonly BookingView Booking = new(
        Guid.Parse("01954c2a-6c11-7a35-8f0e-92b5a1a70c42"), Bookable.Id, BookingState.Booked, "masks", "Masks", Offer.Place, Start, Start.AddDays(2), 5,
        Start.AddDays(-1).AddMinutes(3), Position: Offer.Position);
}
