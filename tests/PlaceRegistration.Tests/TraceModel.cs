using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>A place of a small town, as tracing sees it.</summary>
internal sealed record TownPlace(Guid Id, PlaceType Type, Ventilation Ventilation, params Guid[] Ancestors);

/// <summary>Somebody's time at a place.</summary>
internal sealed record TownVisit(Guid Id, Guid CitizenId, Guid PlaceId, DateTimeOffset From, DateTimeOffset Until);

/// <summary>What tracing has to find about a case, a contact and a place.</summary>
internal sealed record Expected(
    Guid SourceId, Guid CitizenId, Guid PlaceId, int Minutes, double WeightedMinutes, DateTimeOffset From, DateTimeOffset Until, ExposureSeverity Severity)
{
    public static Expected Of(Finding found) => new(
        found.SourceId, found.CitizenId, found.Place.PlaceId, found.Minutes, found.Reckoning.WeightedMinutes, found.From, found.Until, found.Severity);
}

/// <summary>
/// Tracing as a plain loop: for every case, person and place the town's time is walked step by step, and every step looks at every pair of visits. All times
/// are whole steps.
/// </summary>
internal sealed class TraceModel(TracePolicy policy, IReadOnlyList<TownPlace> places, IReadOnlyList<TownVisit> visits, TimeSpan step)
{
    public IEnumerable<Expected> Find(IEnumerable<Source> sources) =>
        from source in sources
        from contact in visits.Select(visit => visit.CitizenId).Distinct()
        where contact != source.CitizenId
        from place in places
        let found = Find(source, contact, place)
        where found is not null
        select found;

    /// <summary>Whom the contacts met afterwards, without the case and its contacts.</summary>
    public IEnumerable<Guid> Onward(Source source, DateTimeOffset now)
    {
        var contacts = Find([source]).ToArray();
        var sources =
            from contact in contacts.GroupBy(found => found.CitizenId)
            where contact.Max(found => found.Severity) >= policy.Onward.From
            let begins = contact.Min(found => found.From).AddDays(policy.Onward.AfterDays)
            let ends = Min(begins.AddDays(policy.Onward.ForDays), now)
            where begins < ends
            select new Source(contact.Key, contact.Key, begins, ends);
        return Find(sources).Select(found => found.CitizenId).Distinct().Except(contacts.Select(found => found.CitizenId)).Where(person => person != source.CitizenId);
    }

    private Expected? Find(Source source, Guid contact, TownPlace place)
    {
        var mine = visits.Where(visit => visit.CitizenId == contact && visit.PlaceId == place.Id).ToArray();
        var theirs = visits.Where(visit => visit.CitizenId == source.CitizenId && visit.From < source.Until && visit.Until > source.From)
            .Select(visit => (From: Max(visit.From, source.From), Until: Min(visit.Until, source.Until), Weight: WeightBetween(visit.PlaceId, place)))
            .Where(stay => stay.Weight > 0).ToArray();
        if (mine.Length == 0 || theirs.Length == 0) return null;

        var linger = policy.LingerOf(place.Type, place.Ventilation);
        var start = mine.Min(visit => visit.From);
        var weights = new double[(mine.Max(visit => visit.Until) - start) / step is var steps ? (int)steps : 0];
        for (var index = 0; index < weights.Length; index++)
        {
            var time = start + (step * index);
            if (!mine.Any(visit => visit.From <= time && time < visit.Until)) continue;
            foreach (var stay in theirs)
            {
                if (stay.From <= time && time < stay.Until) weights[index] = Math.Max(weights[index], stay.Weight);
                else if (stay.Until <= time && time < stay.Until + linger) weights[index] = Math.Max(weights[index], stay.Weight * policy.LingerWeight);
            }
        }

        var breathed = Enumerable.Range(0, weights.Length).Where(index => weights[index] > 0).ToArray();
        if (breathed.Length == 0) return null;
        foreach (var (before, after) in breathed.Zip(breathed.Skip(1)))
        {
            if (step * (after - before - 1) <= policy.Merge) for (var gap = before + 1; gap < after; gap++) weights[gap] = Math.Min(weights[before], weights[after]);
        }

        var seconds = (long)step.TotalSeconds;
        var weighted = (double)Math.Round(
            weights.Sum(weight => (decimal)weight) * seconds * (decimal)policy.RiskOf(place.Type) * (decimal)policy.RiskOf(place.Ventilation) / 60, 2, MidpointRounding.AwayFromZero);
        if (weighted < policy.Severity.Low) return null;
        return new Expected(
            source.Id, contact, place.Id, (int)(((weights.Count(weight => weight > 0) * seconds) + 59) / 60), weighted,
            start + (step * breathed[0]), start + (step * (breathed[^1] + 1)),
            weighted >= policy.Severity.High ? ExposureSeverity.High : weighted >= policy.Severity.Moderate ? ExposureSeverity.Moderate : ExposureSeverity.Low);
    }

    private double WeightBetween(Guid caseWas, TownPlace contactWas)
    {
        if (caseWas == contactWas.Id) return 1;
        var other = places.Single(place => place.Id == caseWas);
        if (other.Ancestors.Contains(contactWas.Id) || contactWas.Ancestors.Contains(other.Id)) return policy.Zones.WholeAndPart;
        return other.Ancestors is [var whole, ..] && contactWas.Ancestors is [var same, ..] && whole == same ? policy.Zones.Neighbours : 0;
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
