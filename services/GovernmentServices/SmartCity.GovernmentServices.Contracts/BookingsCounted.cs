namespace SmartCity.GovernmentServices.Contracts;

/// <summary>Bookings of an item in a cell in an hour so far: running totals, of which the latest count holds.</summary>
/// <param name="Item">What is booked, for example <c>nucleic-acid-test</c>.</param>
/// <param name="Cell">Grid cell of the counter; null where it has none.</param>
/// <param name="Hour">Start of the hour in which people asked, UTC.</param>
/// <param name="Booked">Bookings made in the hour.</param>
/// <param name="Refused">Bookings refused in the hour because nothing was left.</param>
/// <param name="Available">What could still be booked when it was counted; 0 is a stock-out.</param>
/// <param name="CountedAt">When it was counted, UTC. The later count of item, cell and hour holds.</param>
public sealed record BookingsCounted(string Item, string? Cell, DateTimeOffset Hour, int Booked, int Refused, int Available, DateTimeOffset CountedAt);
