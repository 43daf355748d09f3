using System.Diagnostics;

namespace SmartCity.Benchmarks.Credentials;

internal static class Measure
{
    private const int Rounds = 9;

    /// <summary>Rates per second of two ways to do the same, taken in turns so that both see the same machine; medians of all rounds.</summary>
    public static (double First, double Second) Rates(Func<int> first, Func<int> second, TimeSpan round)
    {
        Rate(first, round);
        Rate(second, round);
        var rates = Enumerable.Range(0, Rounds).Select(_ => (First: Rate(first, round), Second: Rate(second, round))).ToList();
        return (Median(rates.Select(rate => rate.First)), Median(rates.Select(rate => rate.Second)));
    }

    public static double Rate(Func<int> work, TimeSpan round)
    {
        var watch = Stopwatch.StartNew();
        var done = 0L;
        while (watch.Elapsed < round)
            done += work();
        return done / watch.Elapsed.TotalSeconds;
    }

    public static void Print(string what, double ratio, double goal, string detail) =>
        Console.WriteLine($"{what}: {ratio:F2}x (goal {goal:F2}x) {(ratio >= goal ? "met" : "MISSED")}  {detail}");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
