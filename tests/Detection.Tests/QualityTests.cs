using System.Globalization;
using MathNet.Numerics.Distributions;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

/// <summary>
/// The monitor on series that nobody tuned it on: made here after the design of Noufaily et al. (2013), by five seeds, each with 120 series of 624 weeks, four outbreaks in the past and one in the
/// last 49 weeks, which are judged.
/// </summary>
public sealed class QualityTests
{
    private const int Series = 120;
    private const int Weeks = 624;
    private const int Judged = 49;
    private const int Seeds = 5;

    [Fact]
    public void A_rule_that_begins_anew_for_every_week_finds_nearly_as_much()
    {
        var scores = Enumerable.Range(1, 2).Select(seed => Score(seed, series =>
        {
            var judge = new PanelJudge(new SeriesRule(DetectorKind.OutbreakMonitor, Years: 10), new ScanArea[Series]);
            return week => [.. judge.Judge([.. series.Select(made => made.Counts)], week).Select(verdict => verdict.Verdict.Alarm)];
        })).ToArray();

        foreach (var score in scores) TestContext.Current.SendDiagnosticMessage($"as a rule, {score}");
        scores.Average(score => score.FalsePositiveRate).ShouldBeLessThanOrEqualTo(0.01);
        scores.Average(score => score.Detected).ShouldBeGreaterThanOrEqualTo(0.6);
        scores.Average(score => score.Predictive).ShouldBeGreaterThanOrEqualTo(0.65);
    }

    [Fact]
    public void Together_detectors_find_most_outbreaks_of_simulated_seasons_at_one_percent_of_false_alarms()
    {
        var scores = Enumerable.Range(1, Seeds).Select(seed => Score(seed, series =>
        {
            var monitor = new OutbreakMonitor([.. series.Select(made => made.Counts[..(Weeks - Judged)])]);
            return week => [.. monitor.Next([.. series.Select(made => made.Counts[week])]).Select(signal => signal.Alarm)];
        })).ToArray();

        foreach (var score in scores) TestContext.Current.SendDiagnosticMessage(score.ToString());
        scores.Average(score => score.FalsePositiveRate).ShouldBeLessThanOrEqualTo(0.01);
        scores.Average(score => score.Detected).ShouldBeGreaterThanOrEqualTo(0.65);
        scores.Average(score => score.Predictive).ShouldBeGreaterThanOrEqualTo(0.65);
    }

    /// <param name="watch">Makes from series what says, week by week, which of them alarm.</param>
    private static Quality Score(int seed, Func<(double[] Counts, int[] Outbreak)[], Func<int, bool[]>> watch)
    {
        var random = new Random(seed);
        var made = Enumerable.Range(0, Series).Select(_ => Make(random)).ToArray();
        var alarms = watch(made);
        int calm = 0, wrong = 0, hits = 0;
        var found = new HashSet<int>();
        for (var week = Weeks - Judged; week < Weeks; week++)
        {
            foreach (var (series, alarm) in alarms(week).Index())
            {
                var inside = made[series].Outbreak[week] > 0;
                calm += inside ? 0 : 1;
                if (!alarm) continue;
                wrong += inside ? 0 : 1;
                hits += inside ? 1 : 0;
                if (inside) found.Add(series);
            }
        }

        return new Quality(seed, (double)wrong / calm, (double)found.Count / Series, (double)hits / (hits + wrong));
    }

    private static (double[] Counts, int[] Outbreak) Make(Random random)
    {
        double Between(double low, double high) => low + (random.NextDouble() * (high - low));
        var (phi, theta, trend, season) = (Between(1.05, 3), Between(-0.7, 3.7), Between(-0.0015, 0.0015), Between(0, 0.8));
        var (counts, outbreak) = (new double[Weeks], new int[Weeks]);
        var mean = new double[Weeks];
        for (var t = 0; t < Weeks; t++)
        {
            mean[t] = Math.Exp(theta + (trend * t) + (season * Math.Cos(2 * Math.PI * t / 52)));
            // Mean µ and variance φµ.
            counts[t] = Poisson.Sample(random, Gamma.Sample(random, mean[t] / (phi - 1), 1 / (phi - 1)));
        }

        var starts = Enumerable.Range(0, 4).Select(_ => random.Next(0, Weeks - (2 * Judged))).Append(random.Next(Weeks - Judged, Weeks - 3));
        foreach (var start in starts)
        {
            var size = Math.Max(1, Poisson.Sample(random, Between(2, 10) * Math.Sqrt(phi * mean[start])));
            for (var i = 0; i < size; i++)
            {
                var week = start + (int)LogNormal.Sample(random, 0, 0.5);
                if (week >= Weeks) continue;
                outbreak[week]++;
                counts[week]++;
            }
        }

        return (counts, outbreak);
    }

    private sealed record Quality(int Seed, double FalsePositiveRate, double Detected, double Predictive)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: FPR {FalsePositiveRate:P2}, outbreaks {Detected:P1}, PPV {Predictive:P1}");
    }
}
