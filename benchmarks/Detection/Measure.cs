using System.Diagnostics;

namespace SmartCity.Benchmarks.Detection;

internal static class Measure
{
    /// <summary>Wall and CPU time of the fastest of several runs, after one to warm up.</summary>
    public static (TimeSpan Wall, TimeSpan Cpu) Fastest(int runs, Action action)
    {
        action();
        var best = (Wall: TimeSpan.MaxValue, Cpu: TimeSpan.MaxValue);
        for (var i = 0; i < runs; i++)
        {
            using var before = Process.GetCurrentProcess();
            var (cpu, start) = (before.TotalProcessorTime, Stopwatch.GetTimestamp());
            action();
            var wall = Stopwatch.GetElapsedTime(start);
            using var after = Process.GetCurrentProcess();
            best = (Shorter(best.Wall, wall), Shorter(best.Cpu, after.TotalProcessorTime - cpu));
        }

        return best;
    }

    public static string Goal(bool reached) => reached ? "reached" : "MISSED";

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
