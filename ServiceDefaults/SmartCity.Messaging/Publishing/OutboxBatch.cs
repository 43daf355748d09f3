using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace SmartCity.Messaging;

/// <summary>The oldest rows of a few shards, which stay locked for other relays until this batch is committed or its connection dies.</summary>
internal sealed class OutboxBatch : IAsyncDisposable
{
    /// <summary>Few enough that the other replicas find shards to work on.</summary>
    private const int ShardsAtOnce = 4;

    private const int RowsPerShard = 125;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly ConcurrentQueue<OutboxRow> confirmed = new();
    private readonly ConcurrentQueue<(OutboxRow Row, string Error)> dead = new();

    private OutboxBatch(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.connection, this.transaction) = (connection, transaction);

    public IReadOnlyList<OutboxRow> Rows { get; private set; } = [];

    public static async Task<OutboxBatch> TakeAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var batch = new OutboxBatch(connection, await connection.BeginTransactionAsync(cancellationToken));
            // Two statements, because each sees what was committed when it began: rows that another relay deleted before it let the
            // shard go must not be read again.
            var shards = await batch.LockShardsAsync(cancellationToken);
            if (shards.Count > 0) batch.Rows = await batch.ReadAsync(shards, cancellationToken);
            return batch;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public void Confirmed(OutboxRow row) => confirmed.Enqueue(row);

    public void Dead(OutboxRow row, string error) => dead.Enqueue((row, error));

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        foreach (var (row, error) in dead) await MoveAsideAsync(row, error, cancellationToken);
        await using var delete = new NpgsqlCommand(
            "DELETE FROM messaging.outbox WHERE (shard, id) IN (SELECT * FROM unnest($1, $2))", connection, transaction);
        delete.Parameters.Add(Array(NpgsqlDbType.Smallint, confirmed.Select(r => r.Shard)));
        delete.Parameters.Add(Array(NpgsqlDbType.Bigint, confirmed.Select(r => r.Id)));
        await delete.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task<List<short>> LockShardsAsync(CancellationToken cancellationToken)
    {
        // Oldest first, so that no shard starves while others are busy.
        await using var command = new NpgsqlCommand($"""
            SELECT shard FROM messaging.outbox_shard s
            WHERE EXISTS (SELECT 1 FROM messaging.outbox o WHERE o.shard = s.shard)
            ORDER BY (SELECT min(id) FROM messaging.outbox o WHERE o.shard = s.shard)
            LIMIT {ShardsAtOnce} FOR UPDATE SKIP LOCKED
            """, connection, transaction);
        var shards = new List<short>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) shards.Add(reader.GetInt16(0));
        return shards;
    }

    private async Task<List<OutboxRow>> ReadAsync(List<short> shards, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT o.shard, o.id, o.message_id, o.key, o.type, o.body::text, o.traceparent, o.tracestate
            FROM unnest($1) AS s (shard)
            CROSS JOIN LATERAL (SELECT * FROM messaging.outbox WHERE shard = s.shard ORDER BY id LIMIT {RowsPerShard}) o
            ORDER BY o.id
            """, connection, transaction);
        command.Parameters.Add(Array(NpgsqlDbType.Smallint, shards));
        var rows = new List<OutboxRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new OutboxRow
            {
                Shard = reader.GetInt16(0),
                Id = reader.GetInt64(1),
                MessageId = reader.GetGuid(2),
                Key = Text(3),
                Type = reader.GetString(4),
                Body = reader.GetString(5),
                Traceparent = Text(6),
                Tracestate = Text(7),
            });
        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    private async Task MoveAsideAsync(OutboxRow row, string error, CancellationToken cancellationToken)
    {
        await using var move = new NpgsqlCommand("""
            WITH gone AS (DELETE FROM messaging.outbox WHERE shard = $1 AND id = $2 RETURNING *)
            INSERT INTO messaging.outbox_dead (id, shard, message_id, key, type, body, traceparent, tracestate, created_at, error)
            SELECT id, shard, message_id, key, type, body, traceparent, tracestate, created_at, $3 FROM gone
            """, connection, transaction);
        move.Parameters.Add(new NpgsqlParameter<short> { TypedValue = row.Shard });
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Id });
        move.Parameters.Add(new NpgsqlParameter<string> { TypedValue = error });
        await move.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
