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
    /// <param name="series">The past, by series; values by day, or by week for the weekly detectors. Where the rule judges together, all of one length.</param>
    /// <param name="from">Index of the first value that is judged; those before are history.</param>
    /// <param name="known">Whether a value lies in a known outbreak, by series; null where none is known.</param>
    /// <param name="seed">Of the made-up outbreaks.</param>
    /// <param name="areas">Where the series are; only for <see cref="DetectorKind.SpaceTimeScan"/>.</param>
    /// <exception cref="ArgumentException">A parameter of the rule is out of its range.</exception>
    public static BacktestResult Run(
        SeriesRule rule, IReadOnlyList<double[]> series, int from, IReadOnlyList<bool[]?>? known = null, int seed = 1, IReadOnlyList<ScanArea>? areas = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        var unit = rule.DaysPerValue == 1 ? DaysPerUnit : 1;
        var courses = rule.JudgesTogether ? Together(rule, series, from, known, seed, unit, areas) : Alone(rule, series, from, known, seed, unit);

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

    private static Course[] Alone(SeriesRule rule, IReadOnlyList<double[]> series, int from, IReadOnlyList<bool[]?>? known, int seed, int unit)
    {
        var courses = new Course[series.Count];
        Parallel.For(0, series.Count, () => new SeriesJudge(rule), (s, _, judge) =>
        {
            courses[s] = new Course(series[s], from, known?[s], at => judge.Judge(series[s], at));
            if (courses[s].Inject(unit, Dice(seed, s)) is { } with)
                courses[s].Find(at => judge.Judge(with, at).Alarm);
            return judge;
        }, _ => { });
        return courses;
    }

    /// <summary>All made-up outbreaks are laid over the past at once: one area's alarm depends on what the others show.</summary>
    private static Course[] Together(SeriesRule rule, IReadOnlyList<double[]> series, int from, IReadOnlyList<bool[]?>? known, int seed, int unit, IReadOnlyList<ScanArea>? areas)
    {
        var judge = new PanelJudge(rule, areas ?? new ScanArea[series.Count]);
        var length = series.Count == 0 ? 0 : series[0].Length;
        PanelVerdict[][] Judged(IReadOnlyList<double[]> panel) => [.. Enumerable.Range(from, Math.Max(0, length - from)).Select(at => judge.Judge(panel, at))];

        var plain = Judged(series);
        Course[] courses = [.. series.Select((values, s) => new Course(values, from, known?[s], at => plain[at - from][s].Verdict))];
        var injected = Judged([.. courses.Select((course, s) => course.Inject(unit, Dice(seed, s)) ?? series[s])]);
        for (var s = 0; s < courses.Length; s++)
            courses[s].Find(at => injected[at - from][s].Verdict.Alarm || injected[at - from].Any(other => other.Cluster?.Contains(s) == true));
        return courses;
    }

    private static Random Dice(int seed, int series) => new(unchecked((seed * 397) ^ series));

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN : values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }

    /// <summary>One series' past.</summary>
    private sealed class Course
    {
        private readonly double[] _series;
        private readonly int _from;
        private readonly bool[] _alarmed;
        private int _start = -1;
        private int _last = -1;

        public Course(double[] series, int from, bool[]? known, Func<int, Verdict> judge)
        {
            (_series, _from, _alarmed) = (series, from, new bool[series.Length]);
            int start = -1;
            for (var at = from; at < series.Length; at++)
            {
                var inside = known?[at] == true;
                if (inside && (at == from || !known![at - 1]))
                {
                    start = at;
                    Known++;
                }

                var verdict = judge(at);
                if (!verdict.HasAnswer || double.IsNaN(verdict.Observed))
                    continue;
                Judged++;
                Calm += inside ? 0 : 1;
                if (!verdict.Alarm)
                    continue;
                _alarmed[at] = true;
                Alarms++;
                FirstAlarm = FirstAlarm < 0 ? at : FirstAlarm;
                if (!inside)
                    FalseAlarms++;
                else if (start >= 0)
                {
                    KnownDelays.Add(at - start);
                    start = -1;
                }
            }
        }

        public int Judged { get; }
        public int Calm { get; }
        public int Alarms { get; }
        public int FalseAlarms { get; }
        public int FirstAlarm { get; } = -1;
        public int Known { get; }
        public List<double> KnownDelays { get; } = [];
        public bool HasInjected => _start >= 0;
        public int InjectedDelay { get; private set; } = -1;

        /// <returns>The series with an outbreak laid over it; null where there is none.</returns>
        public double[]? Inject(int unit, Random random)
        {
            if (Judged == 0)
                return null;
            var start = random.Next(_from, _series.Length);
            var size = Poisson.Sample(random, random.Next(SmallestK, LargestK + 1) * Math.Max(1, Deviation(_series)));
            if (size == 0 || double.IsNaN(_series[start]))
                return null;
            var with = (double[])_series.Clone();
            (_start, _last) = (start, start);
            for (var i = 0; i < size; i++)
            {
                var at = start + (int)(LogNormal.Sample(random, 0, Spread) * unit);
                if (at >= with.Length)
                    continue;
                with[at]++;
                _last = Math.Max(_last, at);
            }

            return with;
        }

        /// <summary>When the outbreak that was laid over it brings an alarm that was not there without it.</summary>
        public void Find(Func<int, bool> alarms)
        {
            for (var at = _start; HasInjected && at <= _last && InjectedDelay < 0; at++)
                if (!_alarmed[at] && alarms(at))
                    InjectedDelay = at - _start;
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
