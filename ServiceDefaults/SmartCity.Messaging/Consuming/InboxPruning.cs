using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>Forgets messages that no broker can deliver any more, in small batches and in one replica at a time.</summary>
internal sealed partial class InboxPruning(
    NpgsqlDataSource database, IOptions<MessagingOptions> options, TimeProvider time, ILogger<InboxPruning> logger) : BackgroundService
{
    private const long LockNumber = 0x494E_424F_5850_5255;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                PruningFailed(fault.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var enter = new NpgsqlCommand($"SELECT pg_try_advisory_xact_lock({LockNumber})", connection, transaction);
            if (await enter.ExecuteScalarAsync(cancellationToken) is not true) return;

            // The age is measured on the clock that stamped the rows, the database's.
            await using var delete = new NpgsqlCommand("""
                DELETE FROM messaging.inbox WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM messaging.inbox WHERE received_at < now() - $1 LIMIT 1000))
                """, connection, transaction);
            delete.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.Value.InboxRetention });
            var forgotten = await delete.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (forgotten == 0) return;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The inbox was not pruned, trying again in an hour: {Reason}")]
    private partial void PruningFailed(string reason);
}
