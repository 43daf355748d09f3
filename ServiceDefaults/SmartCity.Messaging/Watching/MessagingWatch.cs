using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>Looks at intervals, so that neither a health probe nor a metrics reader loads the database or the broker.</summary>
internal sealed partial class MessagingWatch : BackgroundService, IHealthCheck
{
    /// <summary>An event normally leaves within a second; after a minute someone should know.</summary>
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource database;
    private readonly QueueLengths queues;
    private readonly BusGuard guard;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private volatile MessagingState state = MessagingState.Unknown;

    public MessagingWatch(
        NpgsqlDataSource database, QueueLengths queues, BusGuard guard, IMeterFactory meters, IOptions<MessagingOptions> options,
        TimeProvider time, ILogger<MessagingWatch> logger)
    {
        (this.database, this.queues, this.guard, this.time, this.logger) = (database, queues, guard, time, logger);
        interval = options.Value.WatchInterval;
        var meter = meters.Create(MessagingTelemetry.Name);
        meter.CreateObservableGauge("smartcity.outbox.length", () => state.Waiting, "{event}", "Events not yet confirmed by the broker");
        meter.CreateObservableGauge("smartcity.outbox.age", () => state.OldestWaits.TotalSeconds, "s", "Age of the oldest of them");
        meter.CreateObservableGauge("smartcity.outbox.dead", () => state.Dead, "{event}", "Events that can never be sent");
        meter.CreateObservableGauge("smartcity.queue.waiting", () => Of(state.Backlog), "{message}", "Messages that wait for a consumer");
        meter.CreateObservableGauge("smartcity.queue.failed", () => Of(state.Failed), "{message}", "Messages in error and skipped queues");
    }

    private static IEnumerable<Measurement<long>> Of(IEnumerable<KeyValuePair<string, long>> queues) =>
        queues.Select(queue => new Measurement<long>(queue.Value, new KeyValuePair<string, object?>("queue", queue.Key)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var seen = state;
        var complaints = seen.Failed.Select(queue => $"{queue.Value} in {queue.Key}").ToList();
        if (seen.Dead > 0) complaints.Add($"{seen.Dead} in messaging.outbox_dead");
        if (seen.OldestWaits > TooLong) complaints.Add($"{seen.Waiting} in the outbox, the oldest for {seen.OldestWaits:c}");
        return Task.FromResult(complaints.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join("; ", complaints)));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            state = await ReadOutboxAsync(state, cancellationToken);
        }
        // The health check "database" tells of it; what was seen last stays.
        catch (NpgsqlException fault)
        {
            LookedInVain(fault.Message);
        }

        try
        {
            state = state with { Queues = await queues.CountAsync(cancellationToken) };
            guard.BrokerAnswered();
        }
        // The health check "broker" tells of it. RabbitMQ.Client throws what it likes while it loses a connection, an ObjectDisposedException of
        // its own lock among it, and a look that fails must not end the service.
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            LookedInVain(fault.Message);
        }
    }

    private async Task<MessagingState> ReadOutboxAsync(MessagingState seen, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8, (SELECT count(*) FROM messaging.outbox_dead)
            FROM messaging.outbox
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        // Never negative: a row may be stamped by a transaction that began after this one's now().
        return seen with
        {
            Waiting = reader.GetInt64(0), OldestWaits = TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(1))), Dead = reader.GetInt64(2),
        };
    }

    [LoggerMessage(LogLevel.Information, "Messages could not be counted: {Reason}")]
    private partial void LookedInVain(string reason);
}
