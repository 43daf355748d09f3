using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>What a rule would have done in the past.</summary>
/// <param name="Judged">Values for which the rule had an answer.</param>
/// <param name="Alarms">Alarms among them.</param>
/// <param name="FalseAlarms">Alarms outside of known outbreaks.</param>
/// <param name="KnownOutbreaks">Known outbreaks in the judged time.</param>
/// <param name="KnownDetected">Those in which an alarm fell.</param>
/// <param name="KnownDelay">Median number of values from the start of a detected known outbreak to its first alarm; NaN without any.</param>
/// <param name="Injected">Made-up outbreaks that were laid over the past.</param>
/// <param name="InjectedDetected">Those that brought an alarm that was not there without them.</param>
/// <param name="InjectedDelay">Median number of values from the start of a detected made-up outbreak to its first alarm; NaN without any.</param>
/// <param name="FirstAlarms">Index of the first alarm of each series; −1 without one.</param>
public sealed record BacktestResult(
    int Judged, int Alarms, int FalseAlarms, int KnownOutbreaks, int KnownDetected, double KnownDelay, int Injected, int InjectedDetected, double InjectedDelay, IReadOnlyList<int> FirstAlarms)
{
    /// <summary>False alarms per value judged outside of known outbreaks, 0 to 1.</summary>
    public double FalseAlarmRate { get; init; }

    /// <summary>Share of the made-up outbreaks that were found, 0 to 1; NaN without any.</summary>
    public double Sensitivity => (double)InjectedDetected / Injected;
}

/// <summary>Replays the past of many series through a rule, as it would have seen it value by value, and once more with outbreaks of known size laid over it.</summary>
/// <remarks>
/// <para>Made-up outbreaks follow Noufaily et al. (2013): one a series, its size Poisson with k standard deviations of the series (k uniform from 2 to 10, at least one case a k), its cases
/// spread by a lognormal distribution (0, 0.5) in weeks, or in units of three days for daily series. The same seed gives the same outbreaks, on any number of threads.</para>
/// <para>A missing value is neither judged nor filled.</para>
/// </remarks>
public static class Backtest
{
    private const int DaysPerUnit = 3;
    private const double Spread = 0.5;
    private const int SmallestK = 2;
    private const int LargestK = 10;

    /// <summary>Replays.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="series">The past, by series; values by day, or by week for the weekly detectors.</param>
    /// <param name="from">Index of the first value that is judged; those before are history.</param>
    /// <param name="known">Whether a value lies in a known outbreak, by series; null where none is known.</param>
    /// <param name="seed">Of the made-up outbreaks.</param>
    /// <exception cref="ArgumentException">A parameter of the rule is out of its range.</exception>
    public static BacktestResult Run(SeriesRule rule, IReadOnlyList<double[]> series, int from, IReadOnlyList<bool[]?>? known = null, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        var courses = new Course[series.Count];
        Parallel.For(0, series.Count, () => new SeriesJudge(rule), (s, _, judge) =>
        {
            courses[s] = Course.Of(judge, rule, series[s], from, known?[s], new Random(unchecked((seed * 397) ^ s)));
            return judge;
        }, _ => { });

        var falseAlarms = courses.Sum(course => course.FalseAlarms);
        double[] knownDelays = [.. courses.SelectMany(course => course.KnownDelays)];
        double[] delays = [.. courses.Where(course => course.InjectedDelay >= 0).Select(course => (double)course.InjectedDelay)];
        return new(
            courses.Sum(course => course.Judged), courses.Sum(course => course.Alarms), falseAlarms, courses.Sum(course => course.Known), knownDelays.Length, Median(knownDelays),
            courses.Count(course => course.HasInjected), delays.Length, Median(delays), [.. courses.Select(course => course.FirstAlarm)])
        {
            FalseAlarmRate = (double)falseAlarms / Math.Max(1, courses.Sum(course => course.Calm)),
        };
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN : values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }

    /// <summary>One series' past.</summary>
    private sealed class Course
    {
        public int Judged { get; private set; }
        public int Calm { get; private set; }
        public int Alarms { get; private set; }
        public int FalseAlarms { get; private set; }
        public int FirstAlarm { get; private set; } = -1;
        public int Known { get; private set; }
        public List<double> KnownDelays { get; } = [];
        public bool HasInjected { get; private set; }
        public int InjectedDelay { get; private set; } = -1;

        public static Course Of(SeriesJudge judge, SeriesRule rule, double[] series, int from, bool[]? known, Random random)
        {
            var course = new Course();
            var alarmed = new bool[series.Length];
            int start = -1;
            for (var at = from; at < series.Length; at++)
            {
                var inside = known?[at] == true;
                if (inside && (at == from || !known![at - 1]))
                {
                    start = at;
                    course.Known++;
                }

                var verdict = judge.Judge(series, at);
                if (!verdict.HasAnswer || double.IsNaN(verdict.Observed))
                    continue;
                course.Judged++;
                course.Calm += inside ? 0 : 1;
                if (!verdict.Alarm)
                    continue;
                alarmed[at] = true;
                course.Alarms++;
                course.FirstAlarm = course.FirstAlarm < 0 ? at : course.FirstAlarm;
                if (!inside)
                    course.FalseAlarms++;
                else if (start >= 0)
                {
                    course.KnownDelays.Add(at - start);
                    start = -1;
                }
            }

            if (course.Judged > 0)
                course.Inject(judge, rule.DaysPerValue == 1 ? DaysPerUnit : 1, series, from, alarmed, random);
            return course;
        }

        private void Inject(SeriesJudge judge, int unit, double[] series, int from, bool[] alarmed, Random random)
        {
            var start = random.Next(from, series.Length);
            var size = Poisson.Sample(random, random.Next(SmallestK, LargestK + 1) * Math.Max(1, Deviation(series)));
            if (size == 0 || double.IsNaN(series[start]))
                return;
            HasInjected = true;
            var with = (double[])series.Clone();
            var last = start;
            for (var i = 0; i < size; i++)
            {
                var at = start + (int)(LogNormal.Sample(random, 0, Spread) * unit);
                if (at >= with.Length)
                    continue;
                with[at]++;
                last = Math.Max(last, at);
            }

            for (var at = start; at <= last && InjectedDelay < 0; at++)
                if (!alarmed[at] && judge.Judge(with, at).Alarm)
                    InjectedDelay = at - start;
        }

        private static double Deviation(double[] series)
        {
            double sum = 0, squares = 0;
            var present = 0;
            foreach (var y in series)
            {
                if (double.IsNaN(y))
                    continue;
                (sum, squares, present) = (sum + y, squares + (y * y), present + 1);
            }

            return present < 2 ? 0 : Math.Sqrt(Math.Max(0, (squares - (sum * sum / present)) / (present - 1)));
        }
    }
}
