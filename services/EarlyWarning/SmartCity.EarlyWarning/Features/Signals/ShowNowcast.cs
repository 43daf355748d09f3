using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>What the latest days will come to once all reports are in: a curve that falls only because reports are late looks like an outbreak that ends.</summary>
internal static class ShowNowcast
{
    private const int Days = 14;

    /// <summary>Reports later than this are taken for corrections of the past.</summary>
    private const int Delays = 14;

    /// <summary>Days from which the delays are learnt.</summary>
    private const int Learnt = 42;

    private static readonly NowcastView Example = new(SignalStream.SickLeave, "3123N12147E", [new NowcastView.Day(new DateOnly(2026, 3, 19), 41, 0.82, 50.2, 44, 59), new NowcastView.Day(new DateOnly(2026, 3, 20), 12, 0.3, 42.3, 25, 67)]);

    public static void Map(RouteGroupBuilder features) => features.MapGet("/nowcast", HandleAsync)
        .WithName("ShowNowcast").WithTags("Signals")
        .WithSummary("The last 14 days of a stream that counts, in an area or the whole city: what is known, and what is to be expected once late reports are in, by the delays of the last six weeks (Lawless 1994).")
        .WithExample(answer: Example)
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Results<Ok<NowcastView>, Refusal>> HandleAsync(
        Word<SignalStream> stream, [StringLength(40)] string? cell, [StringLength(40)] string? kind, Grids grids, SignalReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var grid = await grids.CurrentAsync(cancellationToken);
        var area = cell ?? Area.City;
        if (grid.LevelOf(area) is null) return Refusal.Invalid("cell_invalid", "cell");
        if (StreamShape.Of(stream.Value).IsMean) return Refusal.Invalid("parameter_invalid", "stream");

        var today = CityDay.Of(clock.GetUtcNow());
        var first = today.AddDays(1 - Learnt);
        var reports = new double[Learnt, Delays];
        var before = new double[Learnt];
        for (var evening = 0; evening < Learnt; evening++)
        {
            var knowledge = await reader.KnowledgeAsync(stream.Value, first.AddDays(evening), CityDay.Start(first.AddDays(evening + 1)).AddMicroseconds(-1), cancellationToken);
            var oldest = Math.Max(0, evening - Delays + 1);
            var known = (await reader.ReadAsync(stream.Value, kind, [area], grid, first.AddDays(oldest), evening - oldest + 1, knowledge, cancellationToken))[area];
            for (var day = oldest; day <= evening; day++)
            {
                // What is taken back is no report.
                var value = double.IsNaN(known[day - oldest]) ? before[day] : Math.Max(before[day], known[day - oldest]);
                (reports[day, evening - day], before[day]) = (value - before[day], value);
            }
        }

        return TypedResults.Ok(new NowcastView(stream.Value, cell, [.. Nowcast.Estimate(reports)[^Days..].Select(day => new NowcastView.Day(
            first.AddDays(day.Day), day.Reported, Finite(day.ReportedShare), Finite(day.Expected), day.Lower, Finite(day.Upper)))]));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <param name="Stream">What is observed.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    /// <param name="Days">By day, the oldest first; the last is today and not over.</param>
    internal sealed record NowcastView(SignalStream Stream, string? Cell, IReadOnlyList<NowcastView.Day> Days)
    {
        /// <param name="Date">A day of the city's calendar.</param>
        /// <param name="Reported">What is known now.</param>
        /// <param name="ReportedShare">The share of a day that is usually known so early, 0 to 1; absent where nothing is known of delays.</param>
        /// <param name="Expected">What is to be expected once all reports are in; absent where nothing was ever known so early.</param>
        /// <param name="Lower">Lower end of its 95 % interval.</param>
        /// <param name="Upper">Upper end; absent like the expectation.</param>
        internal sealed record Day(DateOnly Date, double Reported, double? ReportedShare, double? Expected, double Lower, double? Upper);
    }
}
