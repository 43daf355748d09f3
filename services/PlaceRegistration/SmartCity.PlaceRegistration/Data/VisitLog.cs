using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A visit to be written.</summary>
/// <param name="Key">The client's key, <see cref="DerivedId.OfWrite"/>.</param>
/// <param name="Cell">Grid cell of the place, for counting.</param>
/// <param name="Around">The places that this one is part of: who enters a room does not leave the building.</param>
/// <param name="StatusVersion">Version of the health code that let the person in; null for history, which nobody had to let in.</param>
internal sealed record NewVisit(Guid Key, string Cell, Visit Visit, IReadOnlyList<Guid>? Around = null, long? StatusVersion = null);

/// <summary>What became of a visit to be written.</summary>
/// <param name="Visit">The visit of the key; null where the person's code has changed since it was looked at.</param>
/// <param name="IsNew">It was made by this write, and not by an earlier one with the key, nor by an earlier scan.</param>
internal sealed record Recorded(Visit? Visit, bool IsNew)
{
    public static Recorded Outdated { get; } = new(null, false);
}

/// <summary>
/// Writes visits, in sets that concurrent requests share (<see cref="GroupCommit{TItem,TResult}"/>): key, visit, the visits that it ends, mark for counting,
/// and what all that changes in traces, with the events, are one transaction. An answer means fsynced.
/// </summary>
internal sealed class VisitLog : BackgroundService, IHealthCheck
{
    /// <summary>More than several commits can take with them.</summary>
    private const int ManyWaiting = 2000;

    private const string Columns = "v.id, v.citizen_id, v.place_id, v.arrived_at, v.until, v.is_open, v.is_late, v.source, v.trip_id, v.boarded_at_stop, v.left_at_stop";

    private static readonly Meter Meter = new("SmartCity.PlaceRegistration");

    private static readonly Counter<int> CheckIns = Meter.CreateCounter<int>("smartcity.check_ins", "{visit}", "Visits that were recorded.");

    private readonly NpgsqlDataSource database;
    private readonly CaseTracing tracing;
    private readonly VisitLimits limits;
    private readonly TimeProvider clock;
    private readonly GroupCommit<NewVisit, Recorded> commits;

    public VisitLog(NpgsqlDataSource database, CaseTracing tracing, IOptions<VisitLimits> limits, TimeProvider clock)
    {
        (this.database, this.tracing, this.limits, this.clock) = (database, tracing, limits.Value, clock);
        commits = new(WriteSurelyAsync, visit => visit.Visit.CitizenId, this.limits.Writers, this.limits.MostPerCommit);
    }

    /// <summary>The visits that these keys made.</summary>
    public async Task<IReadOnlyDictionary<Guid, Visit>> FindAsync(IReadOnlyCollection<Guid> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0) return new Dictionary<Guid, Visit>();
        await using var command = database.CreateCommand(
            $"SELECT {Columns}, k.key FROM visit_keys k JOIN visits v ON v.id = k.visit_id AND v.arrived_at = k.arrived_at WHERE k.key = ANY ($1)");
        command.Parameters.Add(Sql.Array(keys));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var visits = new Dictionary<Guid, Visit>();
        while (await reader.ReadAsync(cancellationToken)) visits[reader.GetGuid(11)] = Read(reader);
        return visits;
    }

    /// <summary>
    /// Writes what is new and returns what became of every visit, in order: of two with one key, both get the one that was first; a live visit where the
    /// person already is gets that one, and ends those elsewhere.
    /// </summary>
    public Task<IReadOnlyList<Recorded>> RecordAsync(IReadOnlyList<NewVisit> visits, CancellationToken cancellationToken) => commits.WriteAsync(visits, cancellationToken);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        commits.Waiting < ManyWaiting ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{commits.Waiting:N0} check-ins wait for their commit"));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => commits.RunAsync(stoppingToken);

    private async Task<IReadOnlyList<Recorded>> WriteSurelyAsync(IReadOnlyList<NewVisit> visits, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await WriteAsync(visits, clock.GetUtcNow(), cancellationToken);
            }
            catch (PostgresException refused) when (refused is { SqlState: PostgresErrorCodes.CheckViolation, TableName: "visits_default" })
            {
                // The week got its partition between our plan and our write; the next plan sees it. A week gets one only once, so this ends.
            }
        }
    }

    private async Task<IReadOnlyList<Recorded>> WriteAsync(IReadOnlyList<NewVisit> visits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var (outdated, open) = await LookAsync(connection, transaction, visits, cancellationToken);
        NewVisit[] current = [.. visits.Where(visit => visit.StatusVersion is null || !outdated.TryGetValue(visit.Visit.CitizenId, out var newest) || newest <= visit.StatusVersion)];
        var plan = current.Select(visit => Arrival.Plan(visit, open[visit.Visit.CitizenId])).ToArray();

        Touched[] touched = [.. plan.SelectMany(arrival => arrival.Touches())];
        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddPlaceLocks(batch, touched);
        AddWrite(batch, plan, now);
        CaseTracing.AddConcerned(batch, touched);
        var (written, concerned) = await WriteAsync(batch, cancellationToken);
        if (concerned.Count > 0) await tracing.FollowAsync(connection, transaction, concerned, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        CheckIns.Add(written.Count);

        // Keys that were there before lead to what they made then.
        var before = await FindAsync([.. current.Select(visit => visit.Key).Where(key => !written.ContainsKey(key))], CancellationToken.None);
        var planned = plan.ToLookup(arrival => arrival.Visit.Key);
        return [.. visits.Select(visit =>
        {
            var arrival = planned[visit.Key].FirstOrDefault(arrival => ReferenceEquals(arrival.Visit, visit));
            return arrival is null ? Recorded.Outdated
                : written.TryGetValue(visit.Key, out var made) && made == arrival.Result.Id ? new Recorded(arrival.Result, arrival.Merged is null)
                : before.TryGetValue(visit.Key, out var earlier) ? new Recorded(earlier, false)
                // Twice in this batch: the other one made it.
                : new Recorded(planned[visit.Key].First(other => other.Result.Id == made).Result, false);
        })];
    }

    /// <summary>Holds the persons, then reads the newest versions of codes that have changed, and where the persons are now.</summary>
    private async Task<(Dictionary<Guid, long> Outdated, ILookup<Guid, Visit> Open)> LookAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<NewVisit> visits, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddPersonLocks(batch, [.. visits.Select(visit => visit.Visit.CitizenId).Distinct()]);
        NewVisit[] live = [.. visits.Where(visit => !visit.Visit.IsLate)];
        var changed = new Dictionary<Guid, long>();
        var open = new List<Visit>();
        if (live.Length > 0)
        {
            var persons = Sql.Array(live.Select(visit => visit.Visit.CitizenId).Distinct());
            var (earliest, latest) = (live.Min(visit => visit.Visit.ArrivedAt) - limits.Longest, live.Max(visit => visit.Visit.ArrivedAt));
            batch.Add("SELECT citizen_id, version FROM changed_codes WHERE citizen_id = ANY ($1)", persons);
            // One short range of an index for each person, however many visits there are: a join might think otherwise.
            batch.Add(
                $"""
                SELECT v.* FROM unnest($1) AS person (id) CROSS JOIN LATERAL (
                    SELECT {Columns} FROM visits v WHERE v.citizen_id = person.id AND v.arrived_at > $2 AND v.arrived_at <= $3 AND v.is_open OFFSET 0) AS v
                """,
                persons, Sql.Value(earliest), Sql.Value(latest));
        }

        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (live.Length > 0)
        {
            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) changed[reader.GetGuid(0)] = reader.GetInt64(1);
            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) open.Add(Read(reader));
        }

        return (changed, open.ToLookup(visit => visit.CitizenId));
    }

    private static void AddWrite(NpgsqlBatch batch, Arrival[] plan, DateTimeOffset now)
    {
        // Sorted keys, so that two transactions that share some wait for each other instead of deadlocking; they hold their persons and places by then.
        // The visits are numbered as the keys say: what a key made before is not made again, nor are others ended by it.
        Visit[] made = [.. plan.Select(arrival => arrival.Visit.Visit)];
        var ends = plan.SelectMany(arrival => arrival.Changes.Select(change => (arrival.Visit.Key, Change: change))).ToArray();
        batch.Add(
            """
            WITH keyed AS (
                INSERT INTO visit_keys (key, visit_id, arrived_at, recorded_at)
                SELECT key, id, arrived_at, $4 FROM unnest($1, $2, $3) AS new (key, id, arrived_at) ORDER BY key
                ON CONFLICT DO NOTHING RETURNING key, visit_id
            ), recorded AS (
                INSERT INTO visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late, source, trip_id, boarded_at_stop, left_at_stop)
                SELECT new.id, new.citizen_id, new.place_id, new.arrived_at, new.until, new.is_open, new.is_late, new.source, new.trip_id, new.boarded, new.left_at
                FROM unnest($1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                    AS new (key, id, citizen_id, place_id, arrived_at, until, is_open, is_late, source, trip_id, boarded, left_at)
                JOIN keyed ON keyed.key = new.key AND keyed.visit_id = new.id
                RETURNING id, arrived_at
            ), marked AS (
                INSERT INTO visit_marks (cell, hour, visits)
                SELECT new.cell, date_trunc('hour', recorded.arrived_at, 'UTC'), count(*)
                FROM recorded JOIN unnest($5, $16) AS new (id, cell) USING (id) GROUP BY 1, 2
            ), changed AS (
                UPDATE visits v SET until = change.until, is_open = change.is_open
                FROM unnest($17, $18, $19, $20, $21) AS change (key, id, arrived_at, until, is_open) JOIN keyed ON keyed.key = change.key
                WHERE v.id = change.id AND v.arrived_at = change.arrived_at
            )
            SELECT key, visit_id FROM keyed
            """,
            Sql.Array(plan.Select(arrival => arrival.Visit.Key)), Sql.Array(plan.Select(arrival => arrival.Result.Id)),
            Sql.Array(plan.Select(arrival => arrival.Result.ArrivedAt)), Sql.Value(now),
            Sql.Array(made.Select(visit => visit.Id)), Sql.Array(made.Select(visit => visit.CitizenId)), Sql.Array(made.Select(visit => visit.PlaceId)),
            Sql.Array(made.Select(visit => visit.ArrivedAt)), Sql.Array(made.Select(visit => visit.Until)), Sql.Array(made.Select(visit => visit.IsOpen)),
            Sql.Array(made.Select(visit => visit.IsLate)), Sql.Array(made.Select(visit => (short)visit.Source)), Sql.Array(made.Select(visit => visit.TripId)),
            Sql.Array(made.Select(visit => visit.BoardedAtStop)), Sql.Array(made.Select(visit => visit.LeftAtStop)), Sql.Array(plan.Select(arrival => arrival.Visit.Cell)),
            Sql.Array(ends.Select(end => end.Key)), Sql.Array(ends.Select(end => end.Change.Id)), Sql.Array(ends.Select(end => end.Change.ArrivedAt)),
            Sql.Array(ends.Select(end => end.Change.Until)), Sql.Array(ends.Select(end => end.Change.IsOpen)));
    }

    private static async Task<(Dictionary<Guid, Guid> Written, List<Touched> Concerned)> WriteAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await batch.PrepareAsync(cancellationToken);
        var (written, concerned) = (new Dictionary<Guid, Guid>(), new List<Touched>());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) written.Add(reader.GetGuid(0), reader.GetGuid(1));
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) concerned.Add(new Touched(reader.GetGuid(0), reader.GetGuid(1)));
        return (written, concerned);
    }

    /// <summary>Ends a visit; of two check-outs the first holds.</summary>
    public async Task LeaveAsync(Visit visit, DateTimeOffset leftAt, short? atStop, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        Touched[] touched = [new(visit.CitizenId, visit.PlaceId)];
        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddPersonLocks(batch, [visit.CitizenId]);
        CaseTracing.AddPlaceLocks(batch, touched);
        batch.Add(
            "UPDATE visits SET until = $3, is_open = false, left_at_stop = $4 WHERE id = $1 AND arrived_at = $2 AND is_open",
            Sql.Value(visit.Id), Sql.Value(visit.ArrivedAt), Sql.Value(leftAt), Sql.Value(atStop));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await tracing.FollowAsync(connection, transaction, touched, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static Visit Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        CitizenId = reader.GetGuid(1),
        PlaceId = reader.GetGuid(2),
        ArrivedAt = reader.GetFieldValue<DateTimeOffset>(3),
        Until = reader.GetFieldValue<DateTimeOffset>(4),
        IsOpen = reader.GetBoolean(5),
        IsLate = reader.GetBoolean(6),
        Source = (VisitSource)reader.GetInt16(7),
        TripId = reader.IsDBNull(8) ? null : reader.GetGuid(8),
        BoardedAtStop = reader.IsDBNull(9) ? null : reader.GetInt16(9),
        LeftAtStop = reader.IsDBNull(10) ? null : reader.GetInt16(10),
    };

    /// <summary>A visit to be written, what it becomes, and the visits that change with it.</summary>
    private sealed record Arrival(NewVisit Visit, Visit? Merged, IReadOnlyList<Visit> Changes)
    {
        public Visit Result => Merged ?? Visit.Visit;

        public static Arrival Plan(NewVisit visit, IEnumerable<Visit> open)
        {
            var (here, changes) = Whereabouts.After(visit.Visit, visit.Around ?? [], open);
            return new Arrival(visit, here, changes);
        }

        public IEnumerable<Touched> Touches() =>
            Changes.Append(Result).Select(visit => new Touched(visit.CitizenId, visit.PlaceId));
    }
}
