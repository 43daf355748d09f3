using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.Messaging;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Counts the codes of each cell from time to time and publishes what changed since this replica last did. Counts that could point at people are 0.
/// The latest count holds, so that replicas need not agree on who counts.
/// </summary>
internal sealed partial class CountCodes(
    IServiceScopeFactory scopes, TimeProvider clock, IConfiguration configuration, ILogger<CountCodes> logger) : BackgroundService
{
    private const int SmallestCount = 5;

    private static readonly Meter Meter = new("SmartCity.HealthCode");

    private static readonly Gauge<int> Codes = Meter.CreateGauge<int>("smartcity.codes", "{code}", "Codes of each colour in the whole city.");

    private readonly Dictionary<string, (int Green, int Yellow, int Red)> published = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = configuration.GetValue("CountCodes:Interval", TimeSpan.FromMinutes(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CountAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException })
            {
                CountFailed(fault);
            }

            await Task.Delay(interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        var now = clock.GetUtcNow();
        var rows = await (
            from citizen in db.Citizens
            join code in db.Codes on citizen.Id equals code.CitizenId
            group code by new { citizen.HomeCell, code.Color } into codes
            select new { codes.Key.HomeCell, codes.Key.Color, Count = codes.Count() }).ToListAsync(cancellationToken);

        foreach (var color in (CodeColor[])[CodeColor.Green, CodeColor.Yellow, CodeColor.Red])
            Codes.Record(rows.Where(row => row.Color == color).Sum(row => row.Count), new KeyValuePair<string, object?>("color", color.ToString()));

        rows.RemoveAll(row => row.HomeCell is null);
        var byColor = rows.ToDictionary(row => (row.HomeCell, row.Color), row => row.Count);
        var counts = rows.Select(row => row.HomeCell!).Distinct()
            .ToDictionary(cell => cell, cell => (Green: Of(cell, CodeColor.Green), Yellow: Of(cell, CodeColor.Yellow), Red: Of(cell, CodeColor.Red)));
        var news = counts.Where(cell => !published.TryGetValue(cell.Key, out var before) || before != cell.Value).ToArray();
        foreach (var (cell, count) in news) db.Publish(new CodesCounted(cell, count.Green, count.Yellow, count.Red, now), cell);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var (cell, count) in news) published[cell] = count;

        int Of(string cell, CodeColor color) => byColor.GetValueOrDefault((cell, color)) is >= SmallestCount and var count ? count : 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Codes could not be counted")]
    private partial void CountFailed(Exception fault);
}
