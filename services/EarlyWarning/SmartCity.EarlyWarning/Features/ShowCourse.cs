using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>The course of the last four weeks, day by day: what the charts of the cockpit are drawn from.</summary>
internal static class ShowCourse
{
    private const int Days = 28;

    private static readonly CourseView Example = new(
        "3123N12147E", new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero),
        [new CourseDay(new DateOnly(2026, 3, 20), 6, new Estimate(1.31, 1.02, 1.66), 812, 90, 4, new Colours(11_960, 31, 9))]);

    public static void Map(RouteGroupBuilder features) => features.MapGet("/cockpit/course", HandleAsync)
        .WithName("ShowCourse").WithTags("Cockpit").WithSummary("Cases, R(t), visits, bookings, reports and codes by colour of the last 28 days, of the city or a cell. What nobody told of a day is absent: missing is not zero.")
        .WithExample(answer: Example)
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Results<Ok<CourseView>, Refusal>> HandleAsync(
        string? cell, EarlyWarningDb db, CityFigures figures, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (cell is not null && !GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        var (area, now) = (cell ?? Area.City, clock.GetUtcNow());
        var today = CityDay.Of(now);
        var cases = await figures.SeriesAsync(SignalStream.Cases, area, today, cancellationToken);
        var reproduction = figures.ReproductionByDay(cases);
        var visits = await figures.SeriesAsync(SignalStream.Visits, area, today, cancellationToken);
        var bookings = await figures.SeriesAsync(SignalStream.Bookings, area, today, cancellationToken);
        var reports = await figures.SeriesAsync(SignalStream.Reports, area, today, cancellationToken);
        var codes = await CodesAsync(db, area, today, cancellationToken);
        return TypedResults.Ok(new CourseView(cell, now, [.. Enumerable.Range(0, Days).Select(Day)]));

        CourseDay Day(int index)
        {
            var at = cases.Length - Days + index;
            var r = reproduction[at];
            return new CourseDay(
                today.AddDays(index + 1 - Days), Known(cases[at]), r is { } known ? new Estimate(known.Mean, known.Lower, known.Upper) : null,
                Known(visits[at]), Known(bookings[at]), Known(reports[at]), codes[index]);
        }
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    /// <summary>A cell has the colours that were last told of it until somebody tells others.</summary>
    private static async Task<Colours?[]> CodesAsync(EarlyWarningDb db, string area, DateOnly today, CancellationToken cancellationToken)
    {
        var first = today.AddDays(1 - Days);
        var told = await db.CodeCounts
            .FromSql($"SELECT DISTINCT ON (cell) * FROM code_counts WHERE day < {first} ORDER BY cell, day DESC").AsNoTracking()
            .Where(count => area == Area.City || count.Cell == area).ToListAsync(cancellationToken);
        var news = await db.CodeCounts.AsNoTracking().Where(count => count.Day >= first && count.Day <= today && (area == Area.City || count.Cell == area)).ToListAsync(cancellationToken);

        var (latest, byDay) = (told.ToDictionary(count => count.Cell), news.ToLookup(count => count.Day));
        var days = new Colours?[Days];
        for (var index = 0; index < Days; index++)
        {
            foreach (var count in byDay[first.AddDays(index)]) latest[count.Cell] = count;
            if (latest.Count > 0) days[index] = new Colours(latest.Values.Sum(count => count.Green), latest.Values.Sum(count => count.Yellow), latest.Values.Sum(count => count.Red));
        }

        return days;
    }

    /// <param name="Cell">Of which cell; absent for the city.</param>
    /// <param name="At">The moment of which this is, UTC.</param>
    /// <param name="Days">The oldest first; the last is today and not over.</param>
    internal sealed record CourseView(string? Cell, DateTimeOffset At, IReadOnlyList<CourseDay> Days);

    /// <param name="Day">A day of the city's calendar.</param>
    /// <param name="Cases">New cases.</param>
    /// <param name="Reproduction">R(t) over the seven days that end with it.</param>
    /// <param name="Visits">Visits that began.</param>
    /// <param name="Bookings">Bookings that were made.</param>
    /// <param name="Reports">Reports that were received.</param>
    /// <param name="Codes">Codes by colour at its end.</param>
    internal sealed record CourseDay(DateOnly Day, double? Cases, Estimate? Reproduction, double? Visits, double? Bookings, double? Reports, Colours? Codes);

    /// <param name="Mean">The estimate.</param>
    /// <param name="Lower">Lower end of its 95 % interval.</param>
    /// <param name="Upper">Upper end.</param>
    internal sealed record Estimate(double Mean, double Lower, double Upper);

    /// <param name="Green">People with a green code.</param>
    /// <param name="Yellow">With a yellow one.</param>
    /// <param name="Red">With a red one.</param>
    internal sealed record Colours(int Green, int Yellow, int Red);
}
