using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Benchmarks.Detection;

/// <summary>One value into a running detector: time and memory.</summary>
internal static class StreamingSpeed
{
    private const int Values = 1_000_000;

    public static void Run()
    {
        var values = Counts.Series(1, Values)[0];
        foreach (var method in Enum.GetValues<EarsMethod>())
        {
            var ears = new EarsStream(new EarsOptions(method));
            Print($"EARS {method}", values, y => ears.Next(y).Alarm);
        }

        foreach (var standardisation in Enum.GetValues<Standardisation>())
        {
            var cusum = new CusumStream(new CusumOptions { Standardisation = standardisation });
            Print($"CUSUM {standardisation}", values, y => cusum.Next(y, 10).Alarm);
        }

        var ratio = new LikelihoodRatioStream(1.5, alpha: 0.1);
        Print("likelihood ratio", values, y => ratio.Next(y, 10).Alarm);
    }

    private static void Print(string name, double[] values, Func<double, bool> next)
    {
        var alarms = 0;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var (wall, _) = Measure.Fastest(5, () =>
        {
            foreach (var y in values)
                alarms += next(y) ? 1 : 0;
        });
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / (6.0 * values.Length);
        var nanos = wall.TotalNanoseconds / values.Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-20} {nanos,6:F1} ns and {bytes:F2} bytes a value (goal 1000 ns: {Measure.Goal(nanos <= 1000)}), {alarms} alarms"));
    }
}
