using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>
/// How an exposure was reckoned: the sum of the parts' minutes times weights, times the risk of the type of place, times what ventilation
/// makes of it, is the weighted minutes that the severity goes by.
/// </summary>
/// <param name="Policy">Version of the trace policy.</param>
/// <param name="Type">Type of the place where the contact was.</param>
/// <param name="Ventilation">Its ventilation.</param>
/// <param name="Risk">What a minute counts at this type of place.</param>
/// <param name="VentilationRisk">What ventilation makes of it.</param>
/// <param name="Parts">The time in the same air, by zone and by whether the case was there or had left.</param>
/// <param name="WeightedMinutes">The result, to a hundredth.</param>
public sealed record Reckoning(
    string Policy, PlaceType Type, Ventilation Ventilation, double Risk, double VentilationRisk, IReadOnlyList<ReckoningPart> Parts, double WeightedMinutes);

/// <summary>Part of the time in the same air.</summary>
/// <param name="Zone">Where the case was, seen from where the contact was.</param>
/// <param name="Lingering">The case had left already.</param>
/// <param name="Seconds">How long.</param>
/// <param name="Weight">What it counts.</param>
public sealed record ReckoningPart(ZoneRelation Zone, bool Lingering, long Seconds, double Weight);

/// <summary>What tracing finds about one case, contact and place.</summary>
internal sealed record Finding(
    Guid SourceId, Guid CitizenId, PlaceAir Place, int Minutes, DateTimeOffset From, DateTimeOffset Until, ExposureSeverity Severity, Reckoning Reckoning)
{
    /// <summary>Reckons the times in infectious air of one contact at one place; null where they are too little to count.</summary>
    public static Finding? Of(Guid sourceId, Guid citizenId, PlaceAir place, List<SharedAir> shared, TracePolicy policy)
    {
        var pieces = Pieces(shared, policy);
        if (pieces.Count == 0) return null;

        var parts = Parts(pieces, policy);
        var (risk, vented) = (policy.RiskOf(place.Type), policy.RiskOf(place.Ventilation));
        // In decimal: the policy's numbers are exact there, and whoever reckons it again by hand or in SQL gets the same hundredth.
        var weighted = (double)Math.Round(
            parts.Sum(part => part.Seconds * (decimal)part.Weight) * (decimal)risk * (decimal)vented / 60, 2, MidpointRounding.AwayFromZero);
        if (weighted < policy.Severity.Low) return null;

        var ticks = 0L;
        foreach (var piece in pieces) ticks += (piece.Until - piece.From).Ticks;
        var severity = weighted >= policy.Severity.High ? ExposureSeverity.High : weighted >= policy.Severity.Moderate ? ExposureSeverity.Moderate : ExposureSeverity.Low;
        return new Finding(
            sourceId, citizenId, place, (int)((ticks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute), pieces[0].From, pieces[^1].Until, severity,
            new Reckoning(policy.Version, place.Type, place.Ventilation, risk, vented, parts, weighted));
    }

    /// <summary>
    /// The same times without overlap, in order: where several are one, the one that weighs most counts; short gaps between them are time
    /// together too, of the lighter kind beside them.
    /// </summary>
    private static List<SharedAir> Pieces(List<SharedAir> shared, TracePolicy policy)
    {
        if (shared is [var only]) return Weight(only, policy) > 0 ? [only] : [];
        var bounds = new List<DateTimeOffset>(shared.Count * 2);
        foreach (var air in shared)
        {
            bounds.Add(air.From);
            bounds.Add(air.Until);
        }

        bounds.Sort();
        var pieces = new List<SharedAir>(shared.Count);
        for (var index = 1; index < bounds.Count; index++)
        {
            var (from, until) = (bounds[index - 1], bounds[index]);
            if (from == until || Heaviest(from, until) is not { } air) continue;
            if (pieces.Count > 0 && pieces[^1] is var last && last.Until < from && from - last.Until <= policy.Merge)
                pieces.Add((Weight(last, policy) < Weight(air, policy) ? last : air) with { From = last.Until, Until = from });
            pieces.Add(air with { From = from, Until = until });
        }

        return pieces;

        SharedAir? Heaviest(DateTimeOffset from, DateTimeOffset until)
        {
            SharedAir? heaviest = null;
            foreach (var air in shared)
            {
                if (air.From > from || air.Until < until || Weight(air, policy) is var weight && weight <= 0) continue;
                // Of two that weigh the same, always the same one, whatever order they came in.
                if (heaviest is not { } best || weight > Weight(best, policy) || (weight == Weight(best, policy) && Kind(air) < Kind(best))) heaviest = air;
            }

            return heaviest;
        }
    }

    private static ReckoningPart[] Parts(List<SharedAir> pieces, TracePolicy policy)
    {
        Span<long> ticks = stackalloc long[6];
        foreach (var piece in pieces) ticks[Kind(piece)] += (piece.Until - piece.From).Ticks;
        var parts = new List<ReckoningPart>(2);
        for (var kind = 0; kind < ticks.Length; kind++)
        {
            if (ticks[kind] == 0) continue;
            var (zone, lingering) = ((ZoneRelation)(kind / 2), kind % 2 == 1);
            parts.Add(new ReckoningPart(zone, lingering, ticks[kind] / TimeSpan.TicksPerSecond, Weight(zone, lingering, policy)));
        }

        return [.. parts];
    }

    private static int Kind(SharedAir air) => ((int)air.Zone * 2) + (air.Lingering ? 1 : 0);

    private static double Weight(SharedAir air, TracePolicy policy) => Weight(air.Zone, air.Lingering, policy);

    private static double Weight(ZoneRelation zone, bool lingering, TracePolicy policy) => policy.WeightOf(zone) * (lingering ? policy.LingerWeight : 1);
}

/// <summary>What tracing needs to know of a place.</summary>
internal sealed record PlaceAir(Guid PlaceId, PlaceType Type, Ventilation Ventilation, string Cell);
