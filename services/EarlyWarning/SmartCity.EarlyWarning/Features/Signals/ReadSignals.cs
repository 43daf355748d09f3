using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read what was observed, as now known or as then known.</summary>
internal static class ReadSignals
{
    private const int MostDays = 366;

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/cells", CellsAsync)
            .WithName("ListCells").WithTags("Signals").WithSummary("The cells and areas of which anything was counted, by name.")
            .WithExample(answer: new Page<string>(["3123N12147E", "3123N12148E"]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/signals", SignalsAsync)
            .WithName("ReadSignal").WithTags("Signals")
            .WithSummary("A stream per day in an area of any level, or in the whole city without one; as known at a moment, if one is given. Days without an entry were not observed: missing is not zero.")
            .WithExample(answer: new Signal(SignalStream.Cases, "3123N12147E", 4711, [new(new DateOnly(2026, 3, 19), 0), new(new DateOnly(2026, 3, 20), 6)]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Ok<Page<string>>> CellsAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var cells = await db.Series
            .Where(series => series.Area != Area.City && (page.After == null || series.Area.CompareTo(page.After) > 0))
            .Select(series => series.Area).Distinct().OrderBy(cell => cell)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<string>.From(cells, page.Take, cell => cell));
    }

    private static async Task<Results<Ok<Signal>, Refusal>> SignalsAsync(
        Word<SignalStream> stream, [StringLength(40)] string? cell, [StringLength(40)] string? kind, DateOnly? from, DateOnly? to, [FromQuery] DateTimeOffset? knownAt, Grids grids, SignalReader reader,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var grid = await grids.CurrentAsync(cancellationToken);
        var area = cell ?? Area.City;
        if (grid.LevelOf(area) is null) return Refusal.Invalid("cell_invalid", "cell");
        var today = CityDay.Of(clock.GetUtcNow());
        var last = to ?? today;
        var first = from ?? (last.DayNumber >= 27 ? last.AddDays(-27) : DateOnly.MinValue);
        if (first > last || last.DayNumber - first.DayNumber >= MostDays || first.DayNumber < 2 || last >= DateOnly.MaxValue.AddDays(-2)) return Refusal.Invalid("period_invalid", "from", MostDays);

        var knowledge = await reader.KnowledgeAsync(stream.Value, today, knownAt, cancellationToken);
        var days = last.DayNumber - first.DayNumber + 1;
        var values = (await reader.ReadAsync(stream.Value, kind, [area], grid, first, days, knowledge, cancellationToken))[area];
        return TypedResults.Ok(new Signal(stream.Value, cell, knowledge.Revision,
            [.. values.Select((value, index) => (Day: first.AddDays(index), value)).Where(day => !double.IsNaN(day.value)).Select(day => new Signal.DayValue(day.Day, day.value))]));
    }

    /// <param name="Stream">What is observed.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    /// <param name="Revision">The newest revision that is in it: the same up to this revision is the same for ever.</param>
    /// <param name="Days">By day, the oldest first.</param>
    internal sealed record Signal(SignalStream Stream, string? Cell, long Revision, IReadOnlyList<Signal.DayValue> Days)
    {
        /// <param name="Day">A day of the city's calendar.</param>
        /// <param name="Value">The sum of the area on it; the mean for what sensors measure.</param>
        internal sealed record DayValue(DateOnly Day, double Value);
    }
}
