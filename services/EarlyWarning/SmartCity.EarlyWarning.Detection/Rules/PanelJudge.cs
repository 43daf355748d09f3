namespace SmartCity.EarlyWarning.Detection;

/// <summary>What a detector says about one area among others.</summary>
/// <param name="Verdict">About the area; where it stands for a cluster, about the whole of it.</param>
/// <param name="Cluster">Indexes of the areas of the cluster that this one stands for, because it has the most cases of them; null for all others.</param>
/// <param name="Values">How many values back the cluster reaches, the judged one included; 1 without a cluster.</param>
public readonly record struct PanelVerdict(Verdict Verdict, IReadOnlyList<int>? Cluster = null, int Values = 1);

/// <summary>Applies a <see cref="SeriesRule"/> that <see cref="SeriesRule.JudgesTogether"/>: one value of every area, by the last <see cref="Reach"/> values of all areas before it and nothing else.</summary>
/// <remarks>
/// <para><see cref="DetectorKind.OutbreakMonitor"/> starts anew for each value: the years of the rule are its history, the 26 weeks whose tests are judged together follow, the last of them is the one judged.
/// The bound is the largest count that would have been no alarm, all others being as they are.</para>
/// <para><see cref="DetectorKind.SpaceTimeScan"/>: the permutation model over the last 56 days, for clusters that are alive on the last one, 999 replications, p-value by Gumbel's
/// distribution. An alarm is raised where a cluster has the most cases. The bound is where the statistic would have been too small. An area of which a day is missing takes no part, because
/// the model has no place for it; nor do areas without a case, which do not change it. More than 2,000 areas with cases, or 32,767 cases, are no longer judged: a larger level of the grid is called for.</para>
/// </remarks>
public sealed class PanelJudge
{
    private const int ScannedDays = 56;
    private const int MostScanned = 2_000;
    private const double OnceAYear = 1.0 / 365;

    /// <summary>So that on simulated series 0.8 % of calm weeks alarm (Detection.Tests, QualityTests): beginning anew finds a little less than watching on does.</summary>
    private const double FalseShare = 0.25;

    private readonly SeriesRule _rule;
    private readonly IReadOnlyList<ScanArea> _areas;
    private readonly OutbreakMonitorOptions _monitor = new();
    private readonly ScanOptions _scan = new();

    /// <summary>A judge by one rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="areas">The areas, in the order of the values.</param>
    /// <exception cref="ArgumentException">A parameter of the rule is out of its range, or it judges each series alone.</exception>
    public PanelJudge(SeriesRule rule, IReadOnlyList<ScanArea> areas)
    {
        if (rule.Fault() is { } fault)
            throw new ArgumentException($"{fault} is out of its range.", nameof(rule));
        if (!rule.JudgesTogether)
            throw new ArgumentException("The rule judges each series alone.", nameof(rule));
        (_rule, _areas) = (rule, areas);
        _monitor = _monitor with { FalseDiscoveryShare = rule.Alpha ?? FalseShare };
        _scan = _scan with { MaxPValue = rule.Alpha ?? OnceAYear, MinCases = Math.Max(_scan.MinCases, (int)Math.Ceiling(rule.MinimumCount ?? 0)) };
        Reach = rule.Kind == DetectorKind.SpaceTimeScan ? ScannedDays - 1 : (52 * (rule.Years ?? 5)) + _monitor.PooledWeeks - 1;
    }

    /// <summary>How many values before the one judged take part.</summary>
    public int Reach { get; }

    /// <summary>Judges one value of every area.</summary>
    /// <param name="panel">Values by area, of the same length for all; NaN where missing. Before its start everything is missing.</param>
    /// <param name="at">Index of the value.</param>
    public PanelVerdict[] Judge(IReadOnlyList<double[]> panel, int at)
    {
        if (panel.Count != _areas.Count)
            throw new ArgumentException("Values for each area.", nameof(panel));
        double[][] windows = [.. panel.Select(series => Window(series, at))];
        return _rule.Kind == DetectorKind.SpaceTimeScan ? Scan(windows) : Monitor(windows);
    }

    private double[] Window(double[] series, int at)
    {
        var window = new double[Reach + 1];
        var missing = Math.Max(0, Reach - at);
        Array.Fill(window, double.NaN, 0, missing);
        Array.Copy(series, at - Reach + missing, window, missing, window.Length - missing);
        return window;
    }

    private PanelVerdict[] Monitor(double[][] windows)
    {
        var history = Reach + 1 - _monitor.PooledWeeks;
        var monitor = new OutbreakMonitor([.. windows.Select(window => window[..history])], _monitor);
        OutbreakSignal[] signals = [];
        for (var week = history; week <= Reach; week++)
            signals = monitor.Next([.. windows.Select(window => window[week])]);
        return [.. signals.Select(signal => new PanelVerdict(Of(signal)))];
    }

    private Verdict Of(OutbreakSignal signal)
    {
        var bound = signal.UpperBound;
        return double.IsNaN(bound)
            ? Verdict.None(signal.Observed)
            : new(signal.Observed, signal.Expected, bound, Score(signal.Observed, signal.Expected, bound), signal.PValue, signal.Alarm && signal.Observed >= (_rule.MinimumCount ?? 0));
    }

    private PanelVerdict[] Scan(double[][] windows)
    {
        int[] whole = [.. Enumerable.Range(0, windows.Length).Where(area => windows[area].All(value => value >= 0))];
        int[] scanned = [.. whole.Where(area => windows[area].Any(value => value > 0))];
        var verdicts = Array.ConvertAll(windows, window => new PanelVerdict(Verdict.None(window[^1])));
        if (scanned.Length > MostScanned || scanned.Sum(area => windows[area].Sum()) > short.MaxValue)
            return verdicts;

        var cases = new int[scanned.Length, ScannedDays];
        for (var area = 0; area < scanned.Length; area++)
            for (var day = 0; day < ScannedDays; day++)
                cases[area, day] = (int)Math.Round(windows[scanned[area]][day]);
        double total = cases.Cast<int>().Sum(), today = scanned.Sum(area => windows[area][^1]);
        var result = SpaceTimeScan.Permutation([.. scanned.Select(area => _areas[area])], cases, _scan);
        var needed = new ScanSignificance([.. result.Maxima]).GumbelQuantile(_scan.MaxPValue);

        foreach (var area in whole)
        {
            var expected = total == 0 ? 0 : windows[area].Sum() * today / total;
            var bound = Bound(expected, total, needed);
            verdicts[area] = new(new(windows[area][^1], expected, bound, Score(windows[area][^1], expected, bound), double.NaN, false));
        }

        foreach (var cluster in result.Clusters)
        {
            if (!(cluster.LogLikelihoodRatio >= needed))
                continue;
            int[] members = [.. cluster.Areas.Select(area => scanned[area])];
            var most = members.Order().MaxBy(area => windows[area][cluster.FirstDay..(cluster.LastDay + 1)].Sum());
            var bound = Bound(cluster.Expected, total, needed);
            verdicts[most] = new(
                new(cluster.Cases, cluster.Expected, bound, Score(cluster.Cases, cluster.Expected, bound), cluster.GumbelPValue, true), members, cluster.LastDay - cluster.FirstDay + 1);
        }

        return verdicts;
    }

    /// <summary>Cases whose statistic is the needed one; at least one less than a cluster must have.</summary>
    private double Bound(double expected, double total, double needed)
    {
        double low = expected, high = total;
        for (var halving = 0; halving < 60 && !double.IsNaN(needed); halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = Statistic(middle, expected, total) < needed ? (middle, high) : (low, middle);
        }

        return Math.Max(_scan.MinCases - 1, low);
    }

    private static double Statistic(double cases, double expected, double total)
    {
        var outside = total - cases;
        return (cases * Math.Log(cases / expected)) + (outside > 0 ? outside * Math.Log(outside / (total - expected)) : 0);
    }

    private static double Score(double observed, double expected, double bound) => bound > expected ? (observed - expected) / (bound - expected) : double.NaN;
}
