using Npgsql;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A person's visits at a place changed.</summary>
internal readonly record struct Touched(Guid CitizenId, Guid PlaceId);

/// <summary>
/// Who was where together with a case. Whatever changes (a case, a visit, a check-out), the same three steps follow in its transaction:
/// lock, bring the infectious stays up to date, and compare the exposures of the touched persons and places with what the visits say now.
/// </summary>
internal static class ExposureLog
{
    /// <summary>Locks of persons come before locks of places, everywhere, and each kind in order: nobody waits in a circle.</summary>
    private const int PersonLocks = 1;

    private const int PlaceLocks = 2;

    /// <summary>Places share this many locks (less one, as a mask), so that a transaction never holds more.</summary>
    private const int PlaceLockMask = 127;

    /// <summary>
    /// Two changes that one overlap depends on exclude each other, and the later sees the earlier: whoever changes a person's visits holds
    /// the person; the places are shared among those who are no cases, and held alone for a case.
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
        SELECT count(CASE WHEN EXISTS (SELECT FROM cases WHERE citizen_id = ANY ($1))
            THEN pg_advisory_xact_lock({PlaceLocks}, lock) ELSE pg_advisory_xact_lock_shared({PlaceLocks}, lock) END)
        FROM (SELECT DISTINCT uuid_hash(id) & {PlaceLockMask} AS lock FROM unnest($2) AS id ORDER BY 1) AS locks
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

    /// <summary>Follows changed visits: brings the infectious stays of their persons up to date, and the exposures.</summary>
    public static async Task FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Touched> touched, DateTimeOffset now, VisitLimits limits,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        AddInfectiousStays(batch, [.. touched.Select(t => t.CitizenId).Distinct()], limits);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await RetraceAsync(connection, transaction, touched, now, limits, cancellationToken);
    }

    /// <summary>Holds a person who is, becomes or ceases to be a case, and every place of theirs.</summary>
    public static void AddCaseLocks(NpgsqlBatch batch, Guid citizenId)
    {
        batch.Add($"SELECT pg_advisory_xact_lock({PersonLocks}, uuid_hash($1))", Sql.Value(citizenId));
        batch.Add(
            $"""
            SELECT pg_advisory_xact_lock({PlaceLocks}, lock)
            FROM (SELECT DISTINCT uuid_hash(place_id) & {PlaceLockMask} AS lock FROM visits WHERE citizen_id = $1 ORDER BY 1) AS locks
            """,
            Sql.Value(citizenId));
    }

    /// <summary>Makes the infectious stays of these persons what their visits and cases say; of persons who are no cases there are none.</summary>
    public static void AddInfectiousStays(NpgsqlBatch batch, IReadOnlyCollection<Guid> citizenIds, VisitLimits limits)
    {
        batch.Add("DELETE FROM infectious_stays WHERE citizen_id = ANY ($1)", Sql.Array(citizenIds));
        batch.Add(
            """
            INSERT INTO infectious_stays (case_id, visit_id, citizen_id, place_id, from_at, until)
            SELECT c.case_id, v.id, v.citizen_id, v.place_id, greatest(v.arrived_at, c.infectious_from), least(v.until, c.infectious_until)
            FROM cases c
            JOIN visits v ON v.citizen_id = c.citizen_id AND v.until > c.infectious_from
                AND v.arrived_at < c.infectious_until AND v.arrived_at >= c.infectious_from - $2
            WHERE c.citizen_id = ANY ($1) AND c.withdrawn_at IS NULL
            """,
            Sql.Array(citizenIds), Sql.Value(limits.Longest));
    }

    /// <summary>Finds, changes and withdraws exposures where the touched persons met cases or were cases, and appends the events.</summary>
    public static async Task RetraceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Touched> touched, DateTimeOffset now, VisitLimits limits,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Retrace, connection, transaction);
        command.Parameters.Add(Sql.Array(touched.Select(t => t.CitizenId)));
        command.Parameters.Add(Sql.Array(touched.Select(t => t.PlaceId)));
        command.Parameters.Add(Sql.Value(now));
        command.Parameters.Add(Sql.Value(limits.Horizon(now)));
        command.Parameters.Add(Sql.Value(limits.Longest));
        await PublishAsync(command, cancellationToken);
    }

    /// <summary>Undoes what followed from a case.</summary>
    public static async Task WithdrawAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid caseId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE exposures SET withdrawn = true, changed_at = greatest($2, changed_at + interval '1 microsecond')
            WHERE case_id = $1 AND NOT withdrawn
            RETURNING case_id, citizen_id, place_id, cell, minutes, from_at, until, changed_at, withdrawn
            """, connection, transaction);
        command.Parameters.Add(Sql.Value(caseId));
        command.Parameters.Add(Sql.Value(now));
        await PublishAsync(command, cancellationToken);
    }

    private static async Task PublishAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var events = new List<OutgoingEvent>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) events.Add(EventOf(reader));
        }

        await Outbox.AppendAsync(command.Connection!, command.Transaction!, events, cancellationToken);
    }

    private static OutgoingEvent EventOf(NpgsqlDataReader reader)
    {
        var (caseId, citizenId, placeId, cell) = (reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3));
        var (from, until, changedAt) = (reader.GetFieldValue<DateTimeOffset>(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetFieldValue<DateTimeOffset>(7));
        var exposureId = DerivedId.OfExposure(caseId, citizenId, placeId);
        object message = reader.GetBoolean(8)
            ? new ExposureWithdrawn(exposureId, caseId, citizenId, cell, from, changedAt)
            : new ExposureDetected(exposureId, caseId, citizenId, placeId, cell, reader.GetInt32(4), from, until, changedAt);
        return new OutgoingEvent(message, exposureId);
    }

    /// <summary>
    /// $1, $2: touched persons and places; $3: now; $4: exposures that began before are left as they are, because visits behind them may be
    /// forgotten; $5: no stay is longer, which bounds the search for who was already there.
    /// </summary>
    private const string Retrace = """
        WITH touched AS MATERIALIZED (
            SELECT DISTINCT citizen_id, place_id FROM unnest($1, $2) AS t (citizen_id, place_id)
        ), together AS (
            -- The touched person as the contact of others …
            SELECT s.case_id, v.citizen_id, v.place_id, tstzrange(greatest(s.from_at, v.arrived_at), least(s.until, v.until)) AS shared
            FROM touched t
            JOIN infectious_stays s ON s.place_id = t.place_id AND s.citizen_id <> t.citizen_id
            JOIN visits v ON v.citizen_id = t.citizen_id AND v.place_id = t.place_id
                AND v.arrived_at < s.until AND v.arrived_at >= s.from_at - $5 AND v.until > s.from_at
            UNION ALL
            -- … and as the case that others met.
            SELECT s.case_id, v.citizen_id, v.place_id, tstzrange(greatest(s.from_at, v.arrived_at), least(s.until, v.until))
            FROM touched t
            JOIN infectious_stays s ON s.citizen_id = t.citizen_id AND s.place_id = t.place_id
            JOIN visits v ON v.place_id = s.place_id AND v.citizen_id <> s.citizen_id
                AND v.arrived_at < s.until AND v.arrived_at >= s.from_at - $5 AND v.until > s.from_at
        ), merged AS (
            -- Split and overlapping stays become one time together, so that no minute counts twice.
            SELECT case_id, citizen_id, place_id, range_agg(shared) AS shared FROM together GROUP BY 1, 2, 3
        ), found AS (
            SELECT case_id, citizen_id, place_id, lower(shared) AS from_at, upper(shared) AS until,
                (SELECT ceil(sum(extract(epoch FROM upper(part) - lower(part))) / 60)::int FROM unnest(shared) AS part) AS minutes
            FROM merged
        ), detected AS (
            INSERT INTO exposures AS e (case_id, citizen_id, place_id, cell, minutes, from_at, until, changed_at, withdrawn)
            SELECT f.case_id, f.citizen_id, f.place_id, p.cell, f.minutes, f.from_at, f.until, $3, false
            FROM found f JOIN places p ON p.id = f.place_id
            ON CONFLICT (case_id, citizen_id, place_id) DO UPDATE SET
                minutes = excluded.minutes, from_at = excluded.from_at, until = excluded.until, withdrawn = false,
                changed_at = greatest(excluded.changed_at, e.changed_at + interval '1 microsecond')
            WHERE e.from_at >= $4
                AND (e.minutes, e.from_at, e.until, e.withdrawn) IS DISTINCT FROM (excluded.minutes, excluded.from_at, excluded.until, false)
            RETURNING e.case_id, e.citizen_id, e.place_id, e.cell, e.minutes, e.from_at, e.until, e.changed_at, e.withdrawn
        ), known AS (
            SELECT e.case_id, e.citizen_id, e.place_id FROM touched t JOIN exposures e USING (citizen_id, place_id)
            UNION
            SELECT e.case_id, e.citizen_id, e.place_id
            FROM touched t JOIN cases c USING (citizen_id) JOIN exposures e ON e.case_id = c.case_id AND e.place_id = t.place_id
        ), gone AS (
            UPDATE exposures e SET withdrawn = true, changed_at = greatest($3, e.changed_at + interval '1 microsecond')
            FROM (SELECT case_id, citizen_id, place_id FROM known EXCEPT SELECT case_id, citizen_id, place_id FROM found) AS k
            WHERE (e.case_id, e.citizen_id, e.place_id) = (k.case_id, k.citizen_id, k.place_id) AND NOT e.withdrawn AND e.from_at >= $4
            RETURNING e.case_id, e.citizen_id, e.place_id, e.cell, e.minutes, e.from_at, e.until, e.changed_at, e.withdrawn
        )
        SELECT * FROM detected UNION ALL SELECT * FROM gone
        """;
}
