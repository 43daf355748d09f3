using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Benchmarks.Detection;

/// <summary>The gate that every rule passes: 10,000 series, each judged for 104 weeks after five years of history, and a made-up outbreak laid over each.</summary>
internal static class BacktestSpeed
{
    private const int Series = 10_000;
    private const int Judged = 104;

    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(60);

    public static void Run()
    {
        foreach (var rule in new[] { new SeriesRule(DetectorKind.Noufaily, MinimumCount: 5), new SeriesRule(DetectorKind.Farrington1996), new SeriesRule(DetectorKind.EarsC2) })
        {
            var history = new SeriesJudge(rule).Reach;
            var counts = Counts.Series(Series, history + (Judged * (rule.DaysPerValue == 1 ? 7 : 1)));
            var start = TimeProvider.System.GetTimestamp();
            var result = Backtest.Run(rule, counts, history);
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"backtest {rule.Kind,-15} {result.Judged,10:N0} values in {elapsed.TotalSeconds:F1} s (goal {Goal.TotalSeconds} s: {Measure.Goal(elapsed <= Goal)}); found {result.Sensitivity:P0} of made-up outbreaks, false alarms {result.FalseAlarmRate:P2}"));
        }
    }
}
