namespace SmartCity.GovernmentServices.Tests.Crashes;

/// <summary>What a client did and heard; a null answer is one that never came, so that nobody knows what became of it.</summary>
/// <param name="Booked">The booking's id where it was confirmed.</param>
/// <param name="Cancelled">Whether it was asked to end a booking.</param>
internal sealed record ClientRecord(Guid Person, Guid Bookable, long Started, long Ended, Guid? Booked, bool Cancelled, bool Answered);

/// <summary>What a client sees as its own when all is over.</summary>
internal sealed record FinalBooking(Guid Person, Guid Bookable, Guid Id);

/// <summary>Judges by what clients were told alone: it knows neither the database nor the engine.</summary>
internal static class BookingChecker
{
    public static IEnumerable<string> Faults(IReadOnlyDictionary<Guid, int> capacities, IReadOnlyCollection<ClientRecord> records, IReadOnlyCollection<FinalBooking> final)
    {
        foreach (var (bookable, capacity) in capacities)
        {
            var held = final.Count(booking => booking.Bookable == bookable);
            if (held > capacity) yield return $"Oversold: {held} hold {bookable}, which has {capacity} places.";
            // At every moment: a place is surely somebody's from its confirmation until its end was asked for.
            var moments = records.Where(record => record.Bookable == bookable && record.Booked is not null).DistinctBy(record => record.Booked)
                .Select(record => (From: record.Ended, To: EndOf(record, records)))
                .SelectMany(span => new[] { (At: span.From, Change: 1), (At: span.To, Change: -1) })
                .OrderBy(moment => moment.At).ThenBy(moment => moment.Change);
            var (now, most) = (0, 0);
            foreach (var moment in moments) most = Math.Max(most, now += moment.Change);
            if (most > capacity) yield return $"Oversold: {most} at once held {bookable}, which has {capacity} places.";
        }

        foreach (var mine in records.GroupBy(record => (record.Person, record.Bookable)))
        {
            var confirmed = mine.Where(record => record.Booked is not null).Select(record => record.Booked!.Value).Distinct().ToArray();
            var kept = final.Where(booking => booking.Person == mine.Key.Person && booking.Bookable == mine.Key.Bookable).ToArray();
            if (kept.Length > 1) yield return $"Double: {mine.Key.Person} holds {kept.Length} of {mine.Key.Bookable}.";
            if (mine.Any(record => record.Cancelled)) continue;
            if (confirmed.Length > 1) yield return $"Double: {mine.Key.Person} was confirmed {confirmed.Length} bookings of {mine.Key.Bookable}.";
            if (confirmed.Length == 1 && !kept.Any(booking => booking.Id == confirmed[0]))
                yield return $"Lost: {mine.Key.Person} was confirmed {confirmed[0]} and does not hold it.";
        }
    }

    private static long EndOf(ClientRecord booked, IReadOnlyCollection<ClientRecord> records) => records
        .Where(record => record.Cancelled && record.Person == booked.Person && record.Bookable == booked.Bookable && record.Started >= booked.Ended)
        .Select(record => record.Started).DefaultIfEmpty(long.MaxValue).Min();
}
