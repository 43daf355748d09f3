using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.Benchmarks.CheckIn;

/// <summary>PostgreSQL's own: the same rows into the same tables, in batches of one statement for each table, two connections at a time, and nothing else.</summary>
internal static class Baseline
{
    private const int RowsInBatch = 500;
    private const int Connections = 2;

    /// <returns>Seconds until every batch was committed.</returns>
    public static async Task<double> RunAsync(NpgsqlDataSource database, IReadOnlyList<NewVisit> rows)
    {
        var batches = new System.Collections.Concurrent.ConcurrentQueue<NewVisit[]>(rows.Chunk(RowsInBatch));
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            await using var connection = await database.OpenConnectionAsync();
            while (batches.TryDequeue(out var batch)) await InsertAsync(connection, batch);
        }));
        return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, NewVisit[] rows)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        Visit[] visits = [.. rows.Select(row => row.Visit)];
        batch.Add(
            "INSERT INTO visit_keys (key, visit_id, arrived_at, recorded_at) SELECT *, $4 FROM unnest($1, $2, $3)",
            Sql.Array(rows.Select(row => row.Key)), Sql.Array(visits.Select(visit => visit.Id)), Sql.Array(visits.Select(visit => visit.ArrivedAt)),
            Sql.Value(TimeProvider.System.GetUtcNow()));
        batch.Add(
            "INSERT INTO visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late, source) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            Sql.Array(visits.Select(visit => visit.Id)), Sql.Array(visits.Select(visit => visit.CitizenId)), Sql.Array(visits.Select(visit => visit.PlaceId)),
            Sql.Array(visits.Select(visit => visit.ArrivedAt)), Sql.Array(visits.Select(visit => visit.Until)), Sql.Array(visits.Select(visit => visit.IsOpen)),
            Sql.Array(visits.Select(visit => visit.IsLate)), Sql.Array(visits.Select(visit => (short)visit.Source)));
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
