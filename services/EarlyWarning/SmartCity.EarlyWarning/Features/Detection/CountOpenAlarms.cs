using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Measures from time to time how many alarms wait for somebody to decide what they are.</summary>
internal sealed partial class CountOpenAlarms(IServiceScopeFactory scopes, ILogger<CountOpenAlarms> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static readonly Meter Meter = new("SmartCity.EarlyWarning");

    private static readonly Gauge<int> Open = Meter.CreateGauge<int>("smartcity.alarms.open", "{alarm}", "Alarms of events that nobody has confirmed, dismissed or closed.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
                Open.Record(await db.Events.Where(happening => happening.State == EventState.New || happening.State == EventState.Investigated)
                    .Join(db.Alarms, happening => happening.Id, alarm => alarm.EventId, (_, alarm) => alarm.Id).CountAsync(stoppingToken));
            }
            catch (Exception fault) when (fault is DbException or InvalidOperationException { InnerException: DbException })
            {
                CountFailed(fault);
            }

            await Task.Delay(Interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Open alarms could not be counted")]
    private partial void CountFailed(Exception fault);
}
