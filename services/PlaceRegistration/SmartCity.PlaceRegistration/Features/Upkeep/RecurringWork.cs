using Npgsql;

namespace SmartCity.PlaceRegistration.Features.Upkeep;

/// <summary>Work that recurs, in one replica at a time: a round holds an advisory lock for its transaction, and who finds it taken has nothing to do.</summary>
internal abstract partial class RecurringWork(NpgsqlDataSource database, TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>Ours are the numbers 3 and up; tracing uses two of its own.</summary>
    protected abstract int LockNumber { get; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                RoundFailed(GetType().Name, fault.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    protected abstract Task DoAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What cannot be part of a transaction: after the round is committed.</summary>
    protected virtual Task AfterwardsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var enter = new NpgsqlCommand($"SELECT pg_try_advisory_xact_lock({LockNumber}, 0)", connection, transaction);
        if (await enter.ExecuteScalarAsync(cancellationToken) is not true) return;

        await DoAsync(connection, transaction, clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await AfterwardsAsync(connection, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "A round of {Work} failed and is tried again at the next tick: {Reason}")]
    private partial void RoundFailed(string work, string reason);
}
