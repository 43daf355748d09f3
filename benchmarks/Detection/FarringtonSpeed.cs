using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Benchmarks.Detection;

/// <summary>10,000 series, one week each, against R's surveillance where it is installed.</summary>
internal static class FarringtonSpeed
{
    private const int Series = 10_000;
    private const int Weeks = 312;
    private const int Goal = 400;

    private static readonly DateOnly[] Mondays = [.. Enumerable.Range(0, Weeks).Select(i => new DateOnly(2018, 1, 1).AddDays(7 * i))];

    public static void Run()
    {
        var counts = Counts.Series(Series, Weeks);
        var r = SurveillanceInR.SecondsPerSeries(counts.Take(20));
        var calendar = SeasonCalendar.ByDate(Mondays);
        Compare("farrington", counts, r, () => new Farrington1996(calendar).Evaluate);
        foreach (var (name, options) in new[]
        {
            ("flexible_default", FarringtonOptions.Flexible),
            ("flexible_noufaily", FarringtonOptions.Noufaily),
            ("flexible_muan", FarringtonOptions.Muan),
            ("flexible_oldFarrington", FarringtonOptions.Flexible with { WeightsThreshold = 1 }),
        })
        {
            Compare(name, counts, r, () => new FarringtonFlexible(calendar, options).Evaluate);
        }
    }

    private delegate FarringtonResult Evaluate(ReadOnlySpan<double> observed, int week);

    private static void Compare(string name, double[][] counts, IReadOnlyDictionary<string, double> r, Func<Evaluate> detector)
    {
        var (wall, cpu) = Measure.Fastest(5, () =>
            Parallel.For(0, counts.Length, detector, (i, _, evaluate) => { evaluate(counts[i], Weeks - 1); return evaluate; }, _ => { }));
        var micros = wall.TotalMicroseconds / counts.Length;
        var ratio = r.TryGetValue(name, out var seconds)
            ? string.Create(CultureInfo.InvariantCulture, $"R {seconds * 1e3:F2} ms: {seconds * 1e6 / micros:F0} times as fast (goal {Goal}: {Measure.Goal(seconds * 1e6 / micros >= Goal)})")
            : string.Create(CultureInfo.InvariantCulture, $"R is not here; {Goal} times as fast as an R that needs {micros * Goal / 1e3:F2} ms");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {micros,6:F2} µs a series ({cpu.TotalMicroseconds / counts.Length:F2} µs CPU); {ratio}"));
    }
}
