using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Data;

/// <summary>What is estimated with; the configuration's section <c>Figures</c>.</summary>
internal sealed class FigureOptions
{
    /// <summary>Mean of the serial interval, days.</summary>
    [Range(1, 30)]
    public double SerialIntervalMean { get; init; } = 4.7;

    /// <summary>Its standard deviation, days.</summary>
    [Range(0.1, 30)]
    public double SerialIntervalDeviation { get; init; } = 2.9;
}

/// <summary>Reads what the cockpit shows and bulletins quote, so that both say the same.</summary>
internal sealed class CityFigures(EarlyWarningDb db, IOptions<FigureOptions> options)
{
    private const int SerialIntervalDays = 30;
    private const int DaysRead = 42;
    private const int FewestDays = 14;

    /// <summary>A stream's counts for six weeks that end with the day; NaN before the city observed anything.</summary>
    public async Task<double[]> SeriesAsync(SignalStream stream, string area, DateOnly last, CancellationToken cancellationToken)
    {
        var first = last.AddDays(1 - DaysRead);
        var opened = await db.Signals.MinAsync(signal => (DateOnly?)signal.Day, cancellationToken);
        var counts = await db.Signals.AsNoTracking().Where(signal => signal.Stream == stream && signal.Area == area && signal.Day >= first && signal.Day <= last)
            .ToDictionaryAsync(signal => signal.Day, signal => (double)signal.Value, cancellationToken);
        return [.. Enumerable.Range(0, DaysRead).Select(i => counts.TryGetValue(first.AddDays(i), out var count) ? count : opened is null || first.AddDays(i) < opened ? double.NaN : 0)];
    }

    /// <summary>R over the last seven days of the series; null where too little is known to say anything.</summary>
    public (double Mean, double Lower, double Upper)? Reproduction(double[] cases) => ReproductionByDay(cases)[^1];

    /// <summary>R over the seven days that end with each day of the series; null where too little is known to say anything.</summary>
    public (double Mean, double Lower, double Upper)?[] ReproductionByDay(double[] cases)
    {
        var days = new (double, double, double)?[cases.Length];
        var known = Known(cases);
        if (known.Length < FewestDays || known.Sum() == 0) return days;
        var interval = SerialInterval.Discretised(options.Value.SerialIntervalMean, options.Value.SerialIntervalDeviation, SerialIntervalDays);
        foreach (var estimate in ReproductionNumber.Estimate(known, interval))
        {
            if (estimate is { HasAnswer: true, Reliable: true } && estimate.LastDay >= FewestDays - 1) days[cases.Length - known.Length + estimate.LastDay] = (estimate.Mean, estimate.Quantile(0.025), estimate.Quantile(0.975));
        }

        return days;
    }

    /// <summary>The coming seven days with 95 % intervals, Holt's linear trend; empty where too little is known.</summary>
    public static IReadOnlyList<Forecast> Forecast(double[] cases)
    {
        var known = Known(cases);
        return known.Length < FewestDays || known.Sum() == 0 ? [] : HoltWinters.FitBest(known, trend: true).Next(7);
    }

    /// <summary>When anybody last told of the stream's newest day; null where nothing is known.</summary>
    public async Task<DateTimeOffset?> HeardAsync(SignalStream stream, CancellationToken cancellationToken) =>
        await db.Facts.Where(fact => fact.Stream == stream && fact.Day != null).MaxAsync(fact => fact.Day, cancellationToken) is { } day
            ? await db.Facts.Where(fact => fact.Stream == stream && fact.Day == day).MaxAsync(fact => (DateTimeOffset?)fact.AsOf, cancellationToken)
            : null;

    /// <summary>The colours of a cell, or of all cells together, as last told until the end of the day; null where nobody told.</summary>
    public async Task<(int Green, int Yellow, int Red, DateTimeOffset At)?> CodesAsync(string area, DateOnly until, CancellationToken cancellationToken)
    {
        var latest = await db.CodeCounts.FromSql($"SELECT DISTINCT ON (cell) * FROM code_counts WHERE day <= {until} ORDER BY cell, day DESC").AsNoTracking()
            .Where(count => area == Area.City || count.Cell == area).ToListAsync(cancellationToken);
        return latest.Count == 0 ? null : (latest.Sum(count => count.Green), latest.Sum(count => count.Yellow), latest.Sum(count => count.Red), latest.Max(count => count.CountedAt));
    }

    /// <summary>Warnings that held at a moment, of all areas or those that touch the cell; drills are none.</summary>
    public async Task<int> OpenWarningsAsync(string area, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var moment = at.ToUniversalTime();
        var issued = await db.Warnings.AsNoTracking().Where(warning => warning.IssuedAt <= moment && warning.ExpiresAt > moment && !warning.IsExercise).ToListAsync(cancellationToken);
        return issued.GroupBy(warning => warning.ThreadId).Select(thread => thread.MaxBy(warning => warning.IssuedAt)!)
            .Count(warning => warning.Kind != WarningKind.AllClear && (warning.CancelledAt is null || warning.CancelledAt > moment) && (area == Area.City || WarnedArea.Of(warning).Touches(area)));
    }

    private static double[] Known(double[] cases) => [.. cases.SkipWhile(double.IsNaN)];
}
