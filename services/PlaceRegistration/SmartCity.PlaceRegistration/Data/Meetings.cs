using System.Runtime.InteropServices;
using Npgsql;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A case, or somebody taken for one: infectious from (included) and until (not included).</summary>
internal sealed record Source(Guid Id, Guid CitizenId, DateTimeOffset From, DateTimeOffset Until);

/// <summary>The infectious air of some sources, and what is known of the places where it is.</summary>
internal sealed record Air(IReadOnlyList<InfectiousAir> Infectious, IReadOnlyDictionary<Guid, PlaceAir> Places);

/// <summary>Somebody was at a place.</summary>
/// <param name="Air">Which of the infectious airs they were in.</param>
internal readonly record struct Breath(int Air, Guid CitizenId, DateTimeOffset ArrivedAt, DateTimeOffset Until);

/// <summary>
/// Who breathed the air of whom. The database finds the visits, in one pass for all sources: each air is a short range of the index of places and arrivals,
/// in the weeks that it touches. What the visits mean is reckoned by the domain.
/// </summary>
internal sealed class Meetings(NpgsqlConnection connection, NpgsqlTransaction? transaction, VisitLimits limits)
{
    /// <summary>Where these sources were while infectious.</summary>
    public async Task<Air> AirAsync(IReadOnlyList<Source> sources, TracePolicy policy, CancellationToken cancellationToken)
    {
        var stays = new List<(int Source, Guid VisitId, Guid PlaceId, DateTimeOffset ArrivedAt, DateTimeOffset Until)>();
        await using (var reader = await ReadAsync(
            """
            SELECT s.ordinal::int - 1, v.id, v.place_id, v.arrived_at, v.until
            FROM unnest($1, $2, $3) WITH ORDINALITY AS s (citizen_id, from_at, until, ordinal)
            CROSS JOIN LATERAL (
                SELECT id, place_id, arrived_at, until FROM visits
                WHERE citizen_id = s.citizen_id AND arrived_at < s.until AND arrived_at >= s.from_at - $4 AND until > s.from_at
                OFFSET 0) AS v
            """,
            cancellationToken, Sql.Array(sources.Select(s => s.CitizenId)), Sql.Array(sources.Select(s => s.From)), Sql.Array(sources.Select(s => s.Until)), Sql.Value(limits.Longest)))
        {
            while (await reader.ReadAsync(cancellationToken))
                stays.Add((reader.GetInt32(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        if (stays.Count == 0) return new Air([], new Dictionary<Guid, PlaceAir>());
        var (zones, places) = await ZonesAsync([.. stays.Select(stay => stay.PlaceId).Distinct()], policy, cancellationToken);
        var infectious = new List<InfectiousAir>(stays.Count);
        foreach (var (index, visitId, placeId, arrivedAt, left) in stays)
        {
            var source = sources[index];
            var (from, until) = (arrivedAt > source.From ? arrivedAt : source.From, left < source.Until ? left : source.Until);
            foreach (var (where, zone) in zones.GetValueOrDefault(placeId) ?? [])
            {
                infectious.Add(new InfectiousAir(
                    source.Id, visitId, source.CitizenId, where, from, until, until + policy.LingerOf(places[where].Type, places[where].Ventilation), zone));
            }
        }

        // In the order of the index that they are looked up in.
        infectious.Sort((a, b) =>
            a.PlaceId.CompareTo(b.PlaceId) is not 0 and var place ? place : a.From.CompareTo(b.From) is not 0 and var time ? time
            : a.VisitId.CompareTo(b.VisitId) is not 0 and var visit ? visit : a.SourceId.CompareTo(b.SourceId));
        return new Air(infectious, places);
    }

    /// <summary>Who was there then, the sources themselves left out.</summary>
    public async Task<List<Breath>> BreathsAsync(IReadOnlyList<InfectiousAir> air, CancellationToken cancellationToken)
    {
        var breaths = new List<Breath>();
        if (air.Count == 0) return breaths;
        // Few stays are long, and they have an index of their own: nobody reads a day of a busy place to find who was there for half an hour.
        await using var reader = await ReadAsync(
            $"""
            SELECT a.ordinal::int - 1, v.citizen_id, v.arrived_at, v.until
            FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS a (place_id, citizen_id, from_at, clear_at, ordinal)
            CROSS JOIN LATERAL (
                SELECT citizen_id, arrived_at, until FROM visits
                WHERE place_id = a.place_id AND arrived_at < a.clear_at AND arrived_at >= a.from_at - {VisitsSql.Long} AND until > a.from_at
                UNION ALL
                SELECT citizen_id, arrived_at, until FROM visits
                WHERE place_id = a.place_id AND is_long AND arrived_at < a.from_at - {VisitsSql.Long} AND arrived_at >= a.from_at - $5 AND until > a.from_at
                OFFSET 0) AS v
            WHERE v.citizen_id <> a.citizen_id
            """,
            cancellationToken, Sql.Array(air.Select(a => a.PlaceId)), Sql.Array(air.Select(a => a.CitizenId)), Sql.Array(air.Select(a => a.From)),
            Sql.Array(air.Select(a => a.ClearAt)), Sql.Value(limits.Longest));
        while (await reader.ReadAsync(cancellationToken))
            breaths.Add(new Breath(reader.GetInt32(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3)));
        // They come in order already, unless the database thinks of another plan.
        for (var index = 1; index < breaths.Count; index++)
        {
            if (breaths[index].Air >= breaths[index - 1].Air) continue;
            breaths.Sort((one, other) => one.Air.CompareTo(other.Air));
            break;
        }

        return breaths;
    }

    /// <summary>What these breaths amount to, for each source, contact and place.</summary>
    /// <param name="air">The air, that of one place in a row.</param>
    /// <param name="breaths">Who breathed it, in the order of the air: a place at a time then fits into the processor's cache.</param>
    /// <param name="policy">What it counts.</param>
    public static List<Finding> Reckon(Air air, IReadOnlyList<Breath> breaths, TracePolicy policy)
    {
        var findings = new List<Finding>(breaths.Count);
        var together = new Dictionary<(Guid Source, Guid Contact), List<SharedAir>>();
        var spare = new Stack<List<SharedAir>>();
        for (var next = 0; next < breaths.Count;)
        {
            var placeId = air.Infectious[breaths[next].Air].PlaceId;
            for (; next < breaths.Count && air.Infectious[breaths[next].Air] is var infectious && infectious.PlaceId == placeId; next++)
            {
                var breath = breaths[next];
                ref var shared = ref CollectionsMarshal.GetValueRefOrAddDefault(together, (infectious.SourceId, breath.CitizenId), out _);
                shared ??= spare.TryPop(out var empty) ? empty : [];
                infectious.AddSharedWith(breath.ArrivedAt, breath.Until, shared);
            }

            foreach (var ((source, contact), shared) in together)
            {
                if (Finding.Of(source, contact, air.Places[placeId], shared, policy) is { } finding) findings.Add(finding);
                shared.Clear();
                spare.Push(shared);
            }

            together.Clear();
        }

        return findings;
    }

    /// <summary>The places whose air somebody at a place breathes with others, by the zones that the policy counts; and what is known of them all.</summary>
    private async Task<(Dictionary<Guid, List<(Guid PlaceId, ZoneRelation Zone)>> Zones, Dictionary<Guid, PlaceAir> Places)> ZonesAsync(
        Guid[] placeIds, TracePolicy policy, CancellationToken cancellationToken)
    {
        var zones = new Dictionary<Guid, List<(Guid, ZoneRelation)>>();
        var places = new Dictionary<Guid, PlaceAir>();
        await using var reader = await ReadAsync(
            """
            SELECT r.place_id, r.zone, p.id, p.type, p.ventilation, p.cell
            FROM place_zones r JOIN places p ON p.id = r.related_id
            WHERE r.place_id = ANY ($1) AND r.zone = ANY ($2)
            """,
            cancellationToken, Sql.Array(placeIds), Sql.Array(Enum.GetValues<ZoneRelation>().Where(zone => policy.WeightOf(zone) > 0).Select(zone => (int)zone)));
        while (await reader.ReadAsync(cancellationToken))
        {
            var place = new PlaceAir(reader.GetGuid(2), Enum.Parse<PlaceType>(reader.GetString(3)), Enum.Parse<Ventilation>(reader.GetString(4)), reader.GetString(5));
            places[place.PlaceId] = place;
            ref var related = ref CollectionsMarshal.GetValueRefOrAddDefault(zones, reader.GetGuid(0), out _);
            (related ??= []).Add((place.PlaceId, (ZoneRelation)reader.GetInt32(1)));
        }

        return (zones, places);
    }

    private async Task<NpgsqlDataReader> ReadAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        await command.PrepareAsync(cancellationToken);
        return await command.ExecuteReaderAsync(cancellationToken);
    }
}
