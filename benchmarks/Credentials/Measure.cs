namespace SmartCity.Benchmarks.Credentials;

internal static class Measure
{
    private const int Rounds = 9;

    /// <summary>Rates per second of processor time of two ways to do the same, taken in turns so that both see the same machine; medians of all rounds.</summary>
    public static (double First, double Second) Rates(Func<int> first, Func<int> second, TimeSpan round)
    {
        // Two rounds each, so that nothing is still being compiled.
        for (var i = 0; i < 2; i++)
            (_, _) = (Rate(first, round), Rate(second, round));
        var rates = Enumerable.Range(0, Rounds).Select(_ => (First: Rate(first, round), Second: Rate(second, round))).ToList();
        return (Median(rates.Select(rate => rate.First)), Median(rates.Select(rate => rate.Second)));
    }

    /// <summary>Per second of processor time, not of the clock: the machine may be shared, and collecting garbage counts.</summary>
    public static double Rate(Func<int> work, TimeSpan round)
    {
        var start = Environment.CpuUsage.TotalTime;
        var done = 0L;
        TimeSpan used;
        while ((used = Environment.CpuUsage.TotalTime - start) < round)
            done += work();
        return done / used.TotalSeconds;
    }

    public static void Print(string what, double ratio, double goal, string detail) =>
        Console.WriteLine($"{what}: {ratio:F2}x (goal {goal:F2}x) {(ratio >= goal ? "met" : "MISSED")}  {detail}");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
