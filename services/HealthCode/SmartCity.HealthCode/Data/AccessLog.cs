using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Data;

/// <summary>
/// Writes who looked at whose data. A look by a person (proxy, officer, venue) is committed before they see anything. A look by another service
/// is written in batches, so that a check at a door does not cost a commit: a killed replica loses the looks of its last second.
/// </summary>
internal sealed partial class AccessLog(NpgsqlDataSource database, ILogger<AccessLog> logger) : BackgroundService
{
    private const int LongestBatch = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<AccessRecord> waiting = Channel.CreateBounded<AccessRecord>(100 * LongestBatch);

    /// <summary>Writes now.</summary>
    public async Task WriteAsync(IReadOnlyList<AccessRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0) return;
        await using var command = database.CreateCommand(
            "INSERT INTO access_log (citizen_id, reader, purpose, at, reference, reason) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)");
        Add(NpgsqlDbType.Uuid, record => record.CitizenId.Value);
        Add(NpgsqlDbType.Text, record => record.Reader);
        Add(NpgsqlDbType.Text, record => record.Purpose.ToString());
        Add(NpgsqlDbType.TimestampTz, record => record.At);
        Add(NpgsqlDbType.Uuid, record => record.Reference);
        Add(NpgsqlDbType.Text, record => record.Reason);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Func<AccessRecord, T> column) =>
            command.Parameters.Add(new NpgsqlParameter { Value = records.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Writes within about a second; at once where too many wait already.</summary>
    public Task WriteSoonAsync(AccessRecord record, CancellationToken cancellationToken) =>
        waiting.Writer.TryWrite(record) ? Task.CompletedTask : WriteAsync([record], cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var closing = stoppingToken.Register(() => waiting.Writer.TryComplete());
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (waiting.Reader.Count < LongestBatch) await PauseAsync(stoppingToken);
            var batch = new List<AccessRecord>();
            while (batch.Count < LongestBatch && waiting.Reader.TryRead(out var record)) batch.Add(record);
            await WriteBatchAsync(batch, stoppingToken);
        }
    }

    /// <summary>Tries until it is written; a service that stops tries once more.</summary>
    private async Task WriteBatchAsync(IReadOnlyList<AccessRecord> batch, CancellationToken stoppingToken)
    {
        while (true)
        {
            var lastAttempt = stoppingToken.IsCancellationRequested;
            try
            {
                await WriteAsync(batch, CancellationToken.None);
                return;
            }
            catch (NpgsqlException fault)
            {
                BatchNotWritten(fault, batch.Count, lastAttempt);
                if (lastAttempt) return;
            }

            await PauseAsync(stoppingToken);
        }
    }

    /// <summary>Real time, whatever the city's clock does. Stopping ends it early.</summary>
    private static async Task PauseAsync(CancellationToken stoppingToken) =>
        await Task.Delay(Pause, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} entries of the access log were not written; given up: {GivenUp}")]
    private partial void BatchNotWritten(Exception fault, int count, bool givenUp);
}
