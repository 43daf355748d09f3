using Npgsql;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A visit to be written.</summary>
/// <param name="Key">The client's key, <see cref="DerivedId.OfWrite"/>.</param>
/// <param name="Cell">Grid cell of the place, for counting.</param>
internal sealed record NewVisit(Guid Key, string Cell, Visit Visit);

/// <summary>
/// Writes visits, in sets: key, visit, mark for counting, and what the visit changes in traces, with the events, are one transaction.
/// An answer means fsynced.
/// </summary>
internal sealed class VisitLog(NpgsqlDataSource database, CaseTracing tracing)
{
    /// <summary>The visits that these keys made.</summary>
    public async Task<IReadOnlyDictionary<Guid, Visit>> FindAsync(IReadOnlyCollection<Guid> keys, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT k.key, v.id, v.citizen_id, v.place_id, v.arrived_at, v.until, v.is_open, v.is_late
            FROM visit_keys k JOIN visits v ON v.id = k.visit_id AND v.arrived_at = k.arrived_at
            WHERE k.key = ANY ($1)
            """);
        command.Parameters.Add(Sql.Array(keys));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var visits = new Dictionary<Guid, Visit>();
        while (await reader.ReadAsync(cancellationToken)) visits[reader.GetGuid(0)] = Read(reader);
        return visits;
    }

    /// <summary>Writes what is new and returns the visit of every key: of two requests with one key, both get the one that was first.</summary>
    public async Task<IReadOnlyDictionary<Guid, Visit>> RecordAsync(IReadOnlyList<NewVisit> visits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await WriteAsync(visits, now, cancellationToken);
            }
            catch (PostgresException refused) when (refused is { SqlState: PostgresErrorCodes.CheckViolation, TableName: "visits_default" })
            {
                // The week got its partition between our plan and our write; the next plan sees it. A week gets one only once, so this ends.
            }
        }
    }

    private async Task<IReadOnlyDictionary<Guid, Visit>> WriteAsync(IReadOnlyList<NewVisit> visits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await using var batch = new NpgsqlBatch(connection, transaction);
        var keys = Sql.Array(visits.Select(v => v.Key));
        var ids = Sql.Array(visits.Select(v => v.Visit.Id));
        var arrivals = Sql.Array(visits.Select(v => v.Visit.ArrivedAt));
        // Sorted, so that two requests that share keys wait for each other instead of deadlocking.
        batch.Add(
            """
            INSERT INTO visit_keys (key, visit_id, arrived_at, recorded_at)
            SELECT key, visit_id, arrived_at, $4 FROM unnest($1, $2, $3) AS new (key, visit_id, arrived_at) ORDER BY key
            ON CONFLICT DO NOTHING
            """,
            keys, ids, arrivals, Sql.Value(now));

        Touched[] touched = [.. visits.Select(v => new Touched(v.Visit.CitizenId, v.Visit.PlaceId)).Distinct()];
        CaseTracing.AddPersonLocks(batch, [.. touched.Select(t => t.CitizenId)]);
        CaseTracing.AddPlaceLocks(batch, touched);
        batch.Add(
            """
            WITH recorded AS (
                INSERT INTO visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late)
                SELECT new.id, new.citizen_id, new.place_id, new.arrived_at, new.until, new.is_open, new.is_late
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS new (key, id, citizen_id, place_id, arrived_at, until, is_open, is_late)
                JOIN visit_keys k ON k.key = new.key AND k.visit_id = new.id
                RETURNING id, arrived_at)
            INSERT INTO visit_marks (cell, hour, visits)
            SELECT new.cell, date_trunc('hour', recorded.arrived_at, 'UTC'), count(*)
            FROM recorded JOIN unnest($2, $9) AS new (id, cell) USING (id) GROUP BY 1, 2
            """,
            keys, ids, Sql.Array(visits.Select(v => v.Visit.CitizenId)), Sql.Array(visits.Select(v => v.Visit.PlaceId)), arrivals,
            Sql.Array(visits.Select(v => v.Visit.Until)), Sql.Array(visits.Select(v => v.Visit.IsOpen)), Sql.Array(visits.Select(v => v.Visit.IsLate)),
            Sql.Array(visits.Select(v => v.Cell)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await tracing.FollowAsync(connection, transaction, touched, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        var allNew = batch.BatchCommands[0].RecordsAffected == visits.Count;
        return allNew
            ? visits.ToDictionary(v => v.Key, v => v.Visit)
            : await FindAsync([.. visits.Select(v => v.Key)], CancellationToken.None);
    }

    /// <summary>Ends a visit; of two check-outs the first holds.</summary>
    public async Task LeaveAsync(Visit visit, DateTimeOffset leftAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        Touched[] touched = [new(visit.CitizenId, visit.PlaceId)];
        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddPersonLocks(batch, [visit.CitizenId]);
        CaseTracing.AddPlaceLocks(batch, touched);
        batch.Add(
            "UPDATE visits SET until = $3, is_open = false WHERE id = $1 AND arrived_at = $2 AND is_open",
            Sql.Value(visit.Id), Sql.Value(visit.ArrivedAt), Sql.Value(leftAt));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await tracing.FollowAsync(connection, transaction, touched, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static Visit Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(1),
        CitizenId = reader.GetGuid(2),
        PlaceId = reader.GetGuid(3),
        ArrivedAt = reader.GetFieldValue<DateTimeOffset>(4),
        Until = reader.GetFieldValue<DateTimeOffset>(5),
        IsOpen = reader.GetBoolean(6),
        IsLate = reader.GetBoolean(7),
    };
}
