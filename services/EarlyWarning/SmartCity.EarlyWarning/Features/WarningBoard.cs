using System.Data.Common;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>
/// The public warnings as this replica knows them, read every second, for everybody who watches: however many they are, the database is asked once.
/// A watcher hears first what holds and then what changes; nothing can be missed, because whoever comes back hears again what holds.
/// </summary>
internal sealed partial class WarningBoard(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WarningBoard> logger) : BackgroundService, IHealthCheck
{
    public const int MostWatchers = 2000;

    private const int MostWarnings = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(1);

    private Notice notice = new([], default, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    private long readAt = Environment.TickCount64;
    private int watchers;
    private (int Unsigned, int RanOut) concerns;

    /// <summary>Takes a place among the watchers; false where there is none left. Whoever has one watches once.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref watchers) <= MostWatchers) return true;
        Leave();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref watchers);

    /// <summary>What holds, then what changes, and every ten seconds the time at which the board was last read.</summary>
    public async IAsyncEnumerable<SseItem<object>> WatchAsync(Func<WarningView, bool> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var told = new Dictionary<Guid, WarningState>();
            while (!cancellationToken.IsCancellationRequested)
            {
                var now = notice;
                foreach (var warning in now.Warnings.Where(wanted))
                {
                    if (told.TryGetValue(warning.WarningId, out var state) && state == warning.State) continue;
                    told[warning.WarningId] = warning.State;
                    yield return new SseItem<object>(warning, "warning") { EventId = $"{warning.WarningId}-{warning.State}" };
                }

                yield return new SseItem<object>(new AsOf(now.At), "heartbeat");
                await Task.WhenAny(now.Changed.Task, Task.Delay(Heartbeat, cancellationToken));
            }
        }
        finally
        {
            Leave();
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = TimeSpan.FromMilliseconds(Environment.TickCount64 - readAt);
        string?[] says =
        [
            age > Stale ? $"warnings were last read {age:hh\\:mm\\:ss} ago" : null,
            concerns.Unsigned > 0 ? $"{concerns.Unsigned} public warnings without a signature" : null,
            concerns.RanOut > 0 ? $"{concerns.RanOut} warnings ran out within a day without an update or an all clear" : null,
        ];
        var said = string.Join("; ", says.OfType<string>());
        return Task.FromResult(said.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(said));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbException or InvalidOperationException { InnerException: DbException })
            {
                ReadFailed(fault);
            }

            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
        var now = clock.GetUtcNow();
        var rows = await ReadWarnings.OnRecord(db, now).AsNoTracking().OrderByDescending(warning => warning.Id).Take(MostWarnings).ToListAsync(cancellationToken);
        var yesterday = now.AddDays(-1);
        concerns = (
            rows.Count(warning => AtomFeed.CurrentAlert(warning) is null),
            await db.Warnings.CountAsync(
                warning => warning.State == WarningState.Issued && warning.Kind != WarningKind.AllClear && !warning.IsExercise && warning.ExpiresAt <= now && warning.ExpiresAt > yesterday, cancellationToken));

        var before = notice;
        var same = before.Warnings.Select(warning => (warning.WarningId, warning.State)).SequenceEqual(rows.Select(warning => (warning.Id, warning.State)));
        notice = same ? before with { At = now } : new Notice([.. rows.Select(WarningView.Of)], now, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        readAt = Environment.TickCount64;
        if (!same) before.Changed.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Public warnings could not be read")]
    private partial void ReadFailed(Exception fault);

    /// <param name="At">When the board was last read, UTC.</param>
    internal sealed record AsOf(DateTimeOffset At);

    private sealed record Notice(IReadOnlyList<WarningView> Warnings, DateTimeOffset At, TaskCompletionSource Changed);
}
