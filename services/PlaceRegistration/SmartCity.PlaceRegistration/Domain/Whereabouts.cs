namespace SmartCity.PlaceRegistration.Domain;

/// <summary>Where a person is: at one place at a time, and at those that it is part of.</summary>
internal static class Whereabouts
{
    /// <summary>
    /// What a live visit changes: one where the person already is continues it; visits elsewhere end. Whoever hands in history changes nothing: in what
    /// order it comes says nothing about where they are.
    /// </summary>
    /// <param name="arrival">The new visit.</param>
    /// <param name="around">The places that its place is part of: who enters a room stays in the building.</param>
    /// <param name="open">The person's visits without a check-out.</param>
    /// <returns>The visit that is continued, null where the arrival is a new one; and the visits that change, as they are then.</returns>
    public static (Visit? Continued, IReadOnlyList<Visit> Changed) After(Visit arrival, IReadOnlyList<Guid> around, IEnumerable<Visit> open)
    {
        if (arrival.IsLate) return (null, []);
        Visit? continued = null;
        var changed = new List<Visit>();
        foreach (var visit in open.Where(visit => visit.Until > arrival.ArrivedAt && visit.ArrivedAt <= arrival.ArrivedAt).OrderByDescending(visit => visit.ArrivedAt))
        {
            if (around.Contains(visit.PlaceId)) continue;
            if (visit.PlaceId == arrival.PlaceId && visit.TripId == arrival.TripId && continued is null)
            {
                continued = visit.With(visit.Until > arrival.Until ? visit.Until : arrival.Until, isOpen: true);
                if (continued.Until != visit.Until) changed.Add(continued);
            }
            else
            {
                // A visit lasts, however little.
                var earliest = visit.ArrivedAt.AddMilliseconds(1);
                changed.Add(visit.With(arrival.ArrivedAt > earliest ? arrival.ArrivedAt : earliest, isOpen: false));
            }
        }

        return (continued, changed);
    }
}
