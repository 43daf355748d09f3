using System.Text.Json;
using Npgsql;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>
/// The exposures on record, and what other departments were told of them: a trace that is released tells what it finds, changes and withdraws at once; one that
/// waits tells nothing.
/// </summary>
internal static class ExposureLog
{
    private const string Columns = "e.case_id, e.citizen_id, e.place_id, e.cell, e.minutes, e.from_at, e.until, e.changed_at, e.severity, e.weighted_minutes, e.reckoning ->> 'policy'";

    private const string KnownColumns = "e.case_id, e.citizen_id, e.place_id, e.minutes, e.from_at, e.until, e.weighted_minutes, e.reckoning ->> 'policy', e.withdrawn, e.refuted_at IS NOT NULL";

    private static readonly JsonSerializerOptions Json = Configured();

    /// <summary>How an exposure was reckoned; null for those from before there was a policy.</summary>
    public static Reckoning? ReadReckoning(string json) => json.Contains("parts", StringComparison.Ordinal) ? JsonSerializer.Deserialize<Reckoning>(json, Json) : null;

    /// <summary>Tells other departments everything that a released trace has found and not told yet.</summary>
    public static async Task TellAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid caseId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE exposures e SET released = true, changed_at = greatest($2, changed_at + interval '1 microsecond')
            WHERE case_id = $1 AND NOT withdrawn AND NOT released
            RETURNING {Columns}, true
            """, connection, transaction);
        command.Parameters.Add(Sql.Value(caseId));
        command.Parameters.Add(Sql.Value(now));
        await PublishAsync(command, cancellationToken);
    }

    /// <summary>Takes back what was told of a case: what was found stays on record, unless the case itself is withdrawn.</summary>
    public static async Task TakeBackAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid caseId, bool withdrawn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var told = new NpgsqlCommand(
            $"""
            UPDATE exposures e SET released = false, withdrawn = $3, changed_at = greatest($2, changed_at + interval '1 microsecond')
            WHERE case_id = $1 AND NOT withdrawn AND released
            RETURNING {Columns}, true
            """, connection, transaction))
        {
            told.Parameters.Add(Sql.Value(caseId));
            told.Parameters.Add(Sql.Value(now));
            told.Parameters.Add(Sql.Value(withdrawn));
            await PublishAsync(told, cancellationToken, takenBack: true);
        }

        if (!withdrawn) return;
        await using var rest = new NpgsqlBatch(connection, transaction);
        rest.Add("DELETE FROM infectious_stays WHERE case_id = $1", Sql.Value(caseId));
        rest.Add(
            "UPDATE exposures SET withdrawn = true, changed_at = greatest($2, changed_at + interval '1 microsecond') WHERE case_id = $1 AND NOT withdrawn",
            Sql.Value(caseId), Sql.Value(now));
        await rest.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The person was not there: one exposure is taken back for good.</summary>
    public static async Task RefuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, (Guid CaseId, Guid CitizenId, Guid PlaceId) key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE exposures e SET refuted_at = $4, withdrawn = true, released = false, changed_at = greatest($4, e.changed_at + interval '1 microsecond')
            FROM (SELECT released AS told FROM exposures WHERE (case_id, citizen_id, place_id) = ($1, $2, $3)) AS g
            WHERE (e.case_id, e.citizen_id, e.place_id) = ($1, $2, $3) AND e.refuted_at IS NULL
            RETURNING {Columns}, g.told
            """, connection, transaction);
        command.Parameters.Add(Sql.Value(key.CaseId));
        command.Parameters.Add(Sql.Value(key.CitizenId));
        command.Parameters.Add(Sql.Value(key.PlaceId));
        command.Parameters.Add(Sql.Value(now));
        await PublishAsync(command, cancellationToken, takenBack: true);
    }

    /// <summary>Adds the query for what is on record of these persons at these places.</summary>
    public static void AddKnownOf(NpgsqlBatch batch, NpgsqlParameter citizenIds, NpgsqlParameter placeIds) => batch.Add(
        $"SELECT {KnownColumns} FROM exposures e WHERE (e.citizen_id, e.place_id) IN (SELECT * FROM unnest($1, $2))", citizenIds, placeIds);

    /// <summary>Adds the query for what is on record of these cases.</summary>
    public static void AddKnownOf(NpgsqlBatch batch, Guid[] caseIds) => batch.Add($"SELECT {KnownColumns} FROM exposures e WHERE e.case_id = ANY ($1)", Sql.Array(caseIds));

    public static async Task<List<Known>> ReadKnownAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var known = new List<Known>();
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(new Known(
                (reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2)), reader.GetInt32(3), Time(reader, 4), Time(reader, 5), reader.GetDouble(6), reader.GetString(7), reader.GetBoolean(8),
                reader.GetBoolean(9)));
        }

        return known;
    }

    /// <summary>Makes the record say what was found, and tells what changed where the trace is released.</summary>
    /// <param name="horizon">Exposures that began before are left as they are, because visits behind them may be forgotten.</param>
    public static async Task ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<Finding> findings, List<Known> known, DateTimeOffset now, DateTimeOffset horizon,
        CancellationToken cancellationToken)
    {
        var recorded = known.ToDictionary(one => one.Key);
        Finding[] changed = [.. findings.Where(found => !recorded.TryGetValue(KeyOf(found), out var before) || (before.From >= horizon && !before.Says(found)))];
        var found = findings.Select(KeyOf).ToHashSet();
        Known[] gone = [.. known.Where(before => !before.Withdrawn && before.From >= horizon && !found.Contains(before.Key))];
        if (changed.Length > 0)
        {
            await HoldBackAsync(connection, transaction, [.. changed.Where(one => !recorded.TryGetValue(KeyOf(one), out var before) || before.Withdrawn)], now, cancellationToken);
            await RecordAsync(connection, transaction, changed, now, cancellationToken);
        }

        if (gone.Length > 0) await WithdrawAsync(connection, transaction, gone, now, cancellationToken);
    }

    /// <summary>
    /// A released trace that grows beyond what was approved waits again, and is run again for officers to see: what was told stays, what is new does not go
    /// out by itself.
    /// </summary>
    private static async Task HoldBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Finding[] news, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (news.Length == 0) return;
        await using var command = new NpgsqlCommand(
            """
            UPDATE cases c SET release = 'Waiting', rerun_asked_at = $3
            WHERE c.case_id = ANY ($1) AND c.release = 'Released' AND c.people_limit < (
                SELECT count(*) FROM (
                    SELECT e.citizen_id FROM exposures e WHERE e.case_id = c.case_id AND NOT e.withdrawn
                    UNION SELECT n.citizen_id FROM unnest($1, $2) AS n (case_id, citizen_id) WHERE n.case_id = c.case_id) AS people)
            """, connection, transaction);
        command.Parameters.Add(Sql.Array(news.Select(one => one.SourceId)));
        command.Parameters.Add(Sql.Array(news.Select(one => one.CitizenId)));
        command.Parameters.Add(Sql.Value(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task RecordAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Finding[] findings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO exposures AS e (case_id, citizen_id, place_id, cell, minutes, from_at, until, severity, weighted_minutes, reckoning, changed_at, withdrawn, released)
            SELECT n.case_id, n.citizen_id, n.place_id, n.cell, n.minutes, n.from_at, n.until, n.severity, n.weighted_minutes, n.reckoning::jsonb, $11, false, c.release = 'Released'
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                AS n (case_id, citizen_id, place_id, cell, minutes, from_at, until, severity, weighted_minutes, reckoning)
            JOIN cases c ON c.case_id = n.case_id
            ON CONFLICT (case_id, citizen_id, place_id) DO UPDATE SET
                minutes = excluded.minutes, from_at = excluded.from_at, until = excluded.until, severity = excluded.severity,
                weighted_minutes = excluded.weighted_minutes, reckoning = excluded.reckoning, withdrawn = false, released = e.released OR excluded.released,
                changed_at = greatest(excluded.changed_at, e.changed_at + interval '1 microsecond')
            WHERE e.refuted_at IS NULL
            RETURNING {Columns}, e.released
            """, connection, transaction);
        command.Parameters.Add(Sql.Array(findings.Select(one => one.SourceId)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.CitizenId)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.Place.PlaceId)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.Place.Cell)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.Minutes)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.From)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.Until)));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.Severity.ToString())));
        command.Parameters.Add(Sql.Array(findings.Select(one => one.Reckoning.WeightedMinutes)));
        command.Parameters.Add(Sql.Array(findings.Select(one => JsonSerializer.Serialize(one.Reckoning, Json))));
        command.Parameters.Add(Sql.Value(now));
        await PublishAsync(command, cancellationToken);
    }

    private static async Task WithdrawAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Known[] gone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE exposures e SET withdrawn = true, released = false, changed_at = greatest($4, e.changed_at + interval '1 microsecond')
            FROM (
                SELECT case_id, citizen_id, place_id, released AS told
                FROM exposures JOIN unnest($1, $2, $3) AS g (case_id, citizen_id, place_id) USING (case_id, citizen_id, place_id)) AS g
            WHERE (e.case_id, e.citizen_id, e.place_id) = (g.case_id, g.citizen_id, g.place_id)
            RETURNING {Columns}, g.told
            """, connection, transaction);
        command.Parameters.Add(Sql.Array(gone.Select(one => one.Key.CaseId)));
        command.Parameters.Add(Sql.Array(gone.Select(one => one.Key.CitizenId)));
        command.Parameters.Add(Sql.Array(gone.Select(one => one.Key.PlaceId)));
        command.Parameters.Add(Sql.Value(now));
        await PublishAsync(command, cancellationToken, takenBack: true);
    }

    private static async Task PublishAsync(NpgsqlCommand command, CancellationToken cancellationToken, bool takenBack = false)
    {
        var events = new List<OutgoingEvent>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetBoolean(11)) events.Add(EventOf(reader, takenBack));
            }
        }

        await Outbox.AppendAsync(command.Connection!, command.Transaction!, events, cancellationToken);
    }

    private static OutgoingEvent EventOf(NpgsqlDataReader reader, bool takenBack)
    {
        var (caseId, citizenId, placeId, cell) = (reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3));
        var (from, until, changedAt) = (Time(reader, 5), Time(reader, 6), Time(reader, 7));
        var exposureId = DerivedId.OfExposure(caseId, citizenId, placeId);
        object message = takenBack
            ? new ExposureWithdrawn(exposureId, caseId, citizenId, cell, from, changedAt)
            : new ExposureDetected(
                exposureId, caseId, citizenId, placeId, cell, reader.GetInt32(4), from, until, changedAt,
                Enum.Parse<ExposureSeverity>(reader.GetString(8)), reader.GetDouble(9), reader.GetString(10));
        return new OutgoingEvent(message, exposureId);
    }

    private static (Guid CaseId, Guid CitizenId, Guid PlaceId) KeyOf(Finding finding) => (finding.SourceId, finding.CitizenId, finding.Place.PlaceId);

    private static DateTimeOffset Time(NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}

/// <summary>An exposure on record.</summary>
internal sealed record Known(
    (Guid CaseId, Guid CitizenId, Guid PlaceId) Key, int Minutes, DateTimeOffset From, DateTimeOffset Until, double WeightedMinutes, string Policy, bool Withdrawn, bool Refuted)
{
    /// <summary>Nothing is to be changed; of what was refuted, never.</summary>
    public bool Says(Finding found) =>
        Refuted || !Withdrawn && (Minutes, From, Until, WeightedMinutes, Policy) == (found.Minutes, found.From, found.Until, found.Reckoning.WeightedMinutes, found.Reckoning.Policy);
}
