using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A person's visits at a place changed.</summary>
internal readonly record struct Touched(Guid CitizenId, Guid PlaceId);

/// <summary>A case that is traced, and the policy that holds for it.</summary>
internal sealed record CaseSource(Source Source, string Policy);

/// <summary>What was computed for one case, and from what.</summary>
internal sealed record CaseTrace(Source Source, TracePolicy Policy, Air Air, IReadOnlyList<Breath> Breaths, IReadOnlyList<Finding> Findings);

/// <summary>
/// Who breathed the air of which case. Whatever changes (a case, a visit, a check-out), the same follows in its transaction: lock, find what the visits say now,
/// and compare it with the exposures on record.
/// </summary>
internal sealed class CaseTracing(TracePolicyBook policies, IOptions<VisitLimits> options)
{
    /// <summary>Locks of persons come before locks of places, everywhere, and each kind in order: nobody waits in a circle.</summary>
    private const int PersonLocks = 1;

    private const int PlaceLocks = 2;

    /// <summary>Places share this many locks (less one, as a mask), so that a transaction never holds more.</summary>
    private const int PlaceLockMask = 127;

    private readonly VisitLimits limits = options.Value;

    /// <summary>
    /// Two changes that one exposure depends on exclude each other, and the later sees the earlier: whoever changes a person's visits holds
    /// the person; their places are shared among those who are no cases. For a case every place is held alone whose air it may have been in.
    /// </summary>
    public static void AddPersonLocks(NpgsqlBatch batch, IReadOnlyCollection<Guid> citizenIds) => batch.Add(
        $"""
        SELECT count(pg_advisory_xact_lock({PersonLocks}, lock))
        FROM (SELECT DISTINCT uuid_hash(id) AS lock FROM unnest($1) AS id ORDER BY 1) AS locks
        """,
        Sql.Array(citizenIds));

    /// <summary>The locks of the places, after those of the persons.</summary>
    public static void AddPlaceLocks(NpgsqlBatch batch, IReadOnlyCollection<Touched> touched) => batch.Add(
        $"""
        WITH touched AS (
            SELECT t.citizen_id, t.place_id FROM unnest($1, $2) AS t (citizen_id, place_id)
        ), of_cases AS (
            SELECT t.place_id FROM touched t JOIN cases c USING (citizen_id)
            UNION SELECT v.place_id FROM touched t JOIN cases c USING (citizen_id) JOIN visits v USING (citizen_id)
        )
        SELECT count(CASE WHEN alone THEN pg_advisory_xact_lock({PlaceLocks}, lock) ELSE pg_advisory_xact_lock_shared({PlaceLocks}, lock) END)
        FROM (
            SELECT uuid_hash(place_id) & {PlaceLockMask} AS lock, bool_or(alone) AS alone
            FROM (
                SELECT place_id, false AS alone FROM touched
                UNION ALL SELECT z.related_id, true FROM of_cases o JOIN place_zones z USING (place_id)
            ) AS places
            GROUP BY 1 ORDER BY 1) AS locks
        """,
        Sql.Array(touched.Select(t => t.CitizenId)), Sql.Array(touched.Select(t => t.PlaceId)));

    /// <summary>
    /// Which of the touched can matter to tracing at all: hardly any on most days, so that a check-in costs one look at small tables. Reads what the
    /// statements before it have written.
    /// </summary>
    public static void AddConcerned(NpgsqlBatch batch, IReadOnlyCollection<Touched> touched) => batch.Add(
        """
        SELECT DISTINCT t.citizen_id, t.place_id FROM unnest($1, $2) AS t (citizen_id, place_id)
        WHERE EXISTS (SELECT FROM infectious_stays s WHERE s.place_id = t.place_id)
            OR EXISTS (SELECT FROM cases c WHERE c.citizen_id = t.citizen_id)
            OR EXISTS (SELECT FROM exposures e WHERE e.citizen_id = t.citizen_id AND e.place_id = t.place_id)
        """,
        Sql.Array(touched.Select(t => t.CitizenId)), Sql.Array(touched.Select(t => t.PlaceId)));

    /// <summary>Holds persons who are, become or cease to be cases, and every place of theirs.</summary>
    public static void AddCaseLocks(NpgsqlBatch batch, IReadOnlyCollection<Guid> citizenIds)
    {
        AddPersonLocks(batch, citizenIds);
        batch.Add(
            $"""
            SELECT count(pg_advisory_xact_lock({PlaceLocks}, lock))
            FROM (
                SELECT DISTINCT uuid_hash(z.related_id) & {PlaceLockMask} AS lock
                FROM (
                    SELECT place_id FROM visits WHERE citizen_id = ANY ($1)
                    UNION SELECT e.place_id FROM exposures e JOIN cases c USING (case_id) WHERE c.citizen_id = ANY ($1)
                ) AS places
                JOIN place_zones z USING (place_id)
                ORDER BY 1) AS locks
            """,
            Sql.Array(citizenIds));
    }

    /// <summary>Finds, changes and withdraws exposures where the touched persons met cases or are cases, and appends the events.</summary>
    public async Task FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Touched> touched, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (findings, known, cases) = await MetAsync(connection, transaction, touched, cancellationToken);
        await ExposureLog.ApplyAsync(connection, transaction, findings, known, now, limits.Horizon(now), cancellationToken);
        if (cases.Count > 0) await TraceAsync(connection, transaction, cases, TraceCause.VisitChanged, now, cancellationToken);
    }

    /// <summary>
    /// Traces cases as a whole, in one pass for all that one policy holds for, and records the runs. Their locks are held.
    /// What was found before and is no longer is withdrawn.
    /// </summary>
    public async Task<IReadOnlyList<CaseTrace>> TraceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<CaseSource> cases, TraceCause cause, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var traces = new List<CaseTrace>(cases.Count);
        foreach (var group in cases.GroupBy(one => one.Policy))
        {
            Source[] sources = [.. group.Select(one => one.Source)];
            var policy = policies.Of(group.Key);
            var (air, breaths, findings) = await FindAsync(connection, transaction, sources, policy, cancellationToken);
            var known = await StayAsync(connection, transaction, [.. sources.Select(source => source.Id)], air.Infectious, cancellationToken);
            await ExposureLog.ApplyAsync(connection, transaction, findings, known, now, limits.Horizon(now), cancellationToken);
            traces.AddRange(Split(sources, policy, air, breaths, findings));
        }

        await TraceRecord.AddAsync(connection, transaction, traces, cause, now, cancellationToken);
        return traces;
    }

    /// <summary>Everybody who breathed the air of these sources: changes nothing.</summary>
    public async Task<(Air Air, List<Breath> Breaths, List<Finding> Findings)> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<Source> sources, TracePolicy policy, CancellationToken cancellationToken)
    {
        var meetings = new Meetings(connection, transaction, limits);
        var air = await meetings.AirAsync(sources, policy, cancellationToken);
        var breaths = await meetings.BreathsAsync(air.Infectious, cancellationToken);
        return (air, breaths, Meetings.Reckon(air, breaths, policy));
    }

    /// <summary>What the touched persons met of cases now, what of it is on record, and which of them are cases themselves: one round trip, mostly empty.</summary>
    private async Task<(List<Finding> Findings, List<Known> Known, List<CaseSource> Cases)> MetAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Touched> touched, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        var (persons, places) = (Sql.Array(touched.Select(t => t.CitizenId)), Sql.Array(touched.Select(t => t.PlaceId)));
        batch.Add(
            """
            SELECT s.case_id, s.visit_id, s.citizen_id, s.place_id, s.from_at, s.until, s.clear_at, s.zone, v.citizen_id, v.arrived_at, v.until,
                p.type, p.ventilation, p.cell, c.policy
            FROM (SELECT DISTINCT citizen_id, place_id FROM unnest($1, $2) AS t (citizen_id, place_id)) AS t
            JOIN infectious_stays s ON s.place_id = t.place_id AND s.citizen_id <> t.citizen_id
            JOIN visits v ON v.citizen_id = t.citizen_id AND v.place_id = t.place_id
                AND v.arrived_at < s.clear_at AND v.arrived_at >= s.from_at - $3 AND v.until > s.from_at
            JOIN cases c ON c.case_id = s.case_id
            JOIN places p ON p.id = t.place_id
            ORDER BY s.place_id
            """,
            persons, places, Sql.Value(limits.Longest));
        ExposureLog.AddKnownOf(batch, persons, places);
        batch.Add(
            "SELECT case_id, citizen_id, infectious_from, infectious_until, policy FROM cases WHERE citizen_id = ANY ($1) AND withdrawn_at IS NULL AND policy IS NOT NULL",
            persons);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var met = new Dictionary<string, (List<InfectiousAir> Air, List<Breath> Breaths, Dictionary<Guid, PlaceAir> Places)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var policy = reader.GetString(14);
            if (!met.TryGetValue(policy, out var one)) met[policy] = one = ([], [], []);
            one.Breaths.Add(new Breath(one.Air.Count, reader.GetGuid(8), Time(reader, 9), Time(reader, 10)));
            one.Air.Add(new InfectiousAir(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetGuid(3), Time(reader, 4), Time(reader, 5), Time(reader, 6), (ZoneRelation)reader.GetInt32(7)));
            one.Places.TryAdd(reader.GetGuid(3), new PlaceAir(reader.GetGuid(3), Enum.Parse<PlaceType>(reader.GetString(11)), Enum.Parse<Ventilation>(reader.GetString(12)), reader.GetString(13)));
        }

        List<Finding> findings = [.. met.SelectMany(one => Meetings.Reckon(new Air(one.Value.Air, one.Value.Places), one.Value.Breaths, policies.Of(one.Key)))];
        await reader.NextResultAsync(cancellationToken);
        var known = await ExposureLog.ReadKnownAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return (findings, known, await ReadCasesAsync(reader, cancellationToken));
    }

    /// <summary>Replaces the infectious stays, which check-ins are compared with and which are few against the visits; and reads what is on record of the cases.</summary>
    private static async Task<List<Known>> StayAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] caseIds, IReadOnlyList<InfectiousAir> air, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("DELETE FROM infectious_stays WHERE case_id = ANY ($1)", Sql.Array(caseIds));
        batch.Add(
            """
            INSERT INTO infectious_stays (case_id, visit_id, citizen_id, place_id, from_at, until, clear_at, zone)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            Sql.Array(air.Select(a => a.SourceId)), Sql.Array(air.Select(a => a.VisitId)), Sql.Array(air.Select(a => a.CitizenId)), Sql.Array(air.Select(a => a.PlaceId)),
            Sql.Array(air.Select(a => a.From)), Sql.Array(air.Select(a => a.Until)), Sql.Array(air.Select(a => a.ClearAt)), Sql.Array(air.Select(a => (int)a.Zone)));
        ExposureLog.AddKnownOf(batch, caseIds);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ExposureLog.ReadKnownAsync(reader, cancellationToken);
    }

    public static async Task<List<CaseSource>> ReadCasesAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var cases = new List<CaseSource>();
        while (await reader.ReadAsync(cancellationToken)) cases.Add(ReadCase(reader));
        return cases;
    }

    /// <summary>Reads case_id, citizen_id, infectious_from, infectious_until, policy.</summary>
    public static CaseSource ReadCase(NpgsqlDataReader reader) =>
        new(new Source(reader.GetGuid(0), reader.GetGuid(1), Time(reader, 2), Time(reader, 3)), reader.GetString(4));

    private static IEnumerable<CaseTrace> Split(Source[] sources, TracePolicy policy, Air air, List<Breath> breaths, List<Finding> findings)
    {
        var byAir = breaths.ToLookup(breath => breath.Air);
        var byCase = findings.ToLookup(finding => finding.SourceId);
        var airs = air.Infectious.Select((infectious, index) => (infectious, index)).ToLookup(one => one.infectious.SourceId);
        foreach (var source in sources)
        {
            var mine = airs[source.Id].ToArray();
            yield return new CaseTrace(
                source, policy, new Air([.. mine.Select(m => m.infectious)], air.Places),
                [.. mine.SelectMany((m, index) => byAir[m.index].Select(breath => breath with { Air = index }))], [.. byCase[source.Id]]);
        }
    }

    private static DateTimeOffset Time(NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);
}
