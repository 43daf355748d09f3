using System.Diagnostics;
using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Benchmarks.Detection;

/// <summary>One value into a running detector, in time and memory, against the same window's mean and deviation computed anew for every value: in turns, medians.</summary>
internal static class StreamingSpeed
{
    private const int Values = 1_000_000;
    private const int Rounds = 7;
    private const int Window = 7;
    private const int Goal = 1000;

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
        var (ours, anew) = (new List<double>(), new List<double>());
        double bytes = 0;
        for (var round = -1; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var stream = Nanoseconds(() => values.Count(next), values.Length);
            bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / values.Length;
            var window = Nanoseconds(() => Anew(values), values.Length);
            // The first round warms up.
            if (round < 0) continue;
            ours.Add(stream);
            anew.Add(window);
        }

        var (nanos, baseline) = (Median(ours), Median(anew));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-20} {nanos,6:F1} ns and {bytes:F2} bytes a value (goal {Goal} ns: {Measure.Goal(nanos <= Goal)}); mean and deviation of {Window} values anew {baseline:F1} ns, ratio {nanos / baseline:F2}"));
    }

    private static double Nanoseconds(Func<int> act, int values)
    {
        var start = Stopwatch.GetTimestamp();
        GC.KeepAlive(act());
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / values;
    }

    private static int Anew(double[] values)
    {
        var alarms = 0;
        for (var at = Window; at < values.Length; at++)
        {
            double sum = 0, squares = 0;
            for (var i = at - Window; i < at; i++)
                sum += values[i];
            var mean = sum / Window;
            for (var i = at - Window; i < at; i++)
                squares += (values[i] - mean) * (values[i] - mean);
            if (values[at] > mean + (3.09 * Math.Sqrt(squares / (Window - 1))))
                alarms++;
        }

        return alarms;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
