using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read what was counted.</summary>
internal static class ReadSignals
{
    private const int MostDays = 366;

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/cells", CellsAsync)
            .WithName("ListCells").WithTags("Signals").WithSummary("The cells of the city grid of which anything was counted, by name.")
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/signals", SignalsAsync)
            .WithName("ReadSignal").WithTags("Signals")
            .WithSummary("A stream's count per day in a cell, or in the whole city without one. Days without an entry were not observed or had nothing to count.")
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Ok<Page<string>>> CellsAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var cells = await db.Signals
            .Where(signal => signal.Area != Area.City && (page.After == null || signal.Area.CompareTo(page.After) > 0))
            .Select(signal => signal.Area).Distinct().OrderBy(cell => cell)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<string>.From(cells, page.Take, cell => cell));
    }

    private static async Task<Results<Ok<Signal>, Refusal>> SignalsAsync(
        Word<SignalStream> stream, string? cell, DateOnly? from, DateOnly? to, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (cell is not null && !Contracts.GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        var last = to ?? CityDay.Of(clock.GetUtcNow());
        var first = from ?? (last.DayNumber >= 27 ? last.AddDays(-27) : DateOnly.MinValue);
        if (first > last || last.DayNumber - first.DayNumber >= MostDays) return Refusal.Invalid("period_invalid", "from", MostDays);

        var area = cell ?? Area.City;
        var days = await db.Signals.AsNoTracking()
            .Where(signal => signal.Stream == stream.Value && signal.Area == area && signal.Day >= first && signal.Day <= last)
            .OrderBy(signal => signal.Day)
            .Select(signal => new Signal.DayCount(signal.Day, signal.Value))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Signal(stream.Value, cell, days));
    }

    /// <param name="Stream">What is counted.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    /// <param name="Days">By day, the oldest first.</param>
    internal sealed record Signal(SignalStream Stream, string? Cell, IReadOnlyList<Signal.DayCount> Days)
    {
        /// <param name="Day">A day of the city's calendar.</param>
        /// <param name="Value">What was counted on it.</param>
        internal sealed record DayCount(DateOnly Day, int Value);
    }
}
