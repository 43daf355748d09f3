using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Every cell that something is known of, with its cases of a week and its risk: the cockpit's map in one answer.</summary>
internal static class ShowMap
{
    private const int Days = 7;
    private const int MostCells = 5_000;

    public static void Map(RouteGroupBuilder features) => features.MapGet("/cockpit/map", HandleAsync)
        .WithName("ShowMap").WithTags("Cockpit").WithSummary("Cells with their cases of seven days and the risk that their signals call for; at most 5000, by name. Those with a shape of their own are at /grid.")
        .WithExample(answer: new MapView(new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), [new MapCell("3123N12147E", 17, 0.74, AreaRisk.High)]))
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Ok<MapView>> HandleAsync(EarlyWarningDb db, Grids grids, IOptions<RiskOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = CityDay.Of(now);
        var (since, week) = (today.AddDays(-options.Value.Days), today.AddDays(-Days));
        var grid = await grids.CurrentAsync(cancellationToken);
        var alarms = await db.Alarms.AsNoTracking().Where(alarm => alarm.Day > since && alarm.Hash != null && alarm.Area != Area.City).ToListAsync(cancellationToken);
        var cases = await db.Signals.AsNoTracking().Where(signal => signal.Stream == SignalStream.Cases && signal.Day > week && signal.Day <= today)
            .GroupBy(signal => signal.Area).Select(area => new { area.Key, Cases = area.Sum(signal => signal.Value) }).ToDictionaryAsync(area => area.Key, area => area.Cases, cancellationToken);
        var counted = await db.Series.Select(series => series.Area).Distinct().ToListAsync(cancellationToken);

        var cells = counted.Concat(grid.Areas.Where(area => area.Level == AreaLevel.Cell).Select(area => area.Code)).Distinct().Where(code => GridCell.TryParse(code, out _)).Order(StringComparer.Ordinal).Take(MostCells);
        return TypedResults.Ok(new MapView(now, [.. cells.Select(Cell)]));

        MapCell Cell(string code)
        {
            var risk = CellRisk.Of(code, alarms, grid, today, options.Value);
            return new MapCell(code, (int)cases.GetValueOrDefault(code), Math.Round(risk.Score, 4), risk.Level);
        }
    }

    /// <param name="At">The moment of which this is, UTC.</param>
    /// <param name="Cells">By name.</param>
    internal sealed record MapView(DateTimeOffset At, IReadOnlyList<MapCell> Cells);

    /// <param name="Cell">The cell.</param>
    /// <param name="Cases">New cases of the last seven days.</param>
    /// <param name="Score">1 minus the product of what the parts of its risk leave, 0 to 1; the parts are at <c>/risk/{cell}</c>.</param>
    /// <param name="Level">The level that follows.</param>
    internal sealed record MapCell(string Cell, int Cases, double Score, AreaRisk Level);
}
