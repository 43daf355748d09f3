using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>One verdict with the values that it rests on.</summary>
/// <param name="Day">The day, or the last day of the week.</param>
/// <param name="Values">The area's, those compared with, and the judged one last.</param>
/// <param name="Outbreaks">Known outbreaks that were left out.</param>
/// <param name="Cluster">The areas of a cluster that this one stands for; null without one.</param>
/// <param name="ClusterFrom">Its first day.</param>
internal sealed record JudgedDay(string Area, DateOnly Day, double[] Values, Verdict Verdict, Guid[] Outbreaks, string[]? Cluster = null, DateOnly? ClusterFrom = null);

/// <summary>Reads what a rule judges and judges it: the same for what comes in, and for what is recomputed.</summary>
internal sealed class RuleInputs(SignalReader reader)
{
    /// <summary>The areas that a rule judges, in order.</summary>
    public async Task<IReadOnlyList<string>> AreasAsync(DetectionRule rule, Grid grid, CancellationToken cancellationToken)
    {
        var areas = await reader.AreasAsync(rule.Stream, rule.Kind, rule.Level, grid, cancellationToken);
        return rule.Detector == DetectorKind.SpaceTimeScan ? [.. areas.Where(area => grid.CentreOf(area) is not null)] : areas;
    }

    /// <summary>Where areas are, for a scan.</summary>
    public static ScanArea[] Places(IEnumerable<string> areas, Grid grid) =>
        [.. areas.Select(area => grid.CentreOf(area) is { } centre ? ScanArea.OnGlobe(area, centre.Latitude, centre.Longitude) : new ScanArea(area, 0, 0))];

    /// <param name="areas">Those of which a verdict is wanted; a rule that judges together reads all others too.</param>
    /// <param name="first">The first day to judge; for weekly rules the last day of the first week.</param>
    /// <param name="last">The last day to judge, included.</param>
    public async Task<IReadOnlyList<JudgedDay>> JudgeAsync(
        DetectionRule rule, IReadOnlyCollection<string> areas, DateOnly first, DateOnly last, Grid grid, Knowledge knowledge, IReadOnlyCollection<KnownOutbreak> outbreaks,
        CancellationToken cancellationToken)
    {
        var (step, reach) = (rule.Series.DaysPerValue, rule.Series.Reach);
        var start = first.AddDays(1 - ((reach + 1) * step));
        var days = last.DayNumber - start.DayNumber + 1;
        var taking = rule.Series.JudgesTogether ? await AreasAsync(rule, grid, cancellationToken) : areas;
        var read = await reader.ReadAsync(rule.Stream, rule.Kind, taking, grid, start, days, knowledge, cancellationToken);
        var inputs = taking.Select(area =>
        {
            var values = step == 1 ? read[area] : RuleSeries.ByWeek(read[area]);
            KnownOutbreak[] known = [.. outbreaks.Where(outbreak => outbreak.Stream == rule.Stream && grid.Covers(outbreak.Area, area))];
            return new Input(area, values, RuleSeries.WithoutOutbreaks(values, start, step, known), [.. known.Select(outbreak => outbreak.Id)]);
        }).ToArray();

        var judged = new List<JudgedDay>();
        DateOnly DayOf(int at) => start.AddDays(((at + 1) * step) - 1);
        if (rule.Series.JudgesTogether) JudgeTogether(rule, inputs, areas.ToHashSet(), grid, DayOf, judged);
        else JudgeAlone(rule, inputs, DayOf, judged);
        return judged;
    }

    private static void JudgeAlone(DetectionRule rule, Input[] inputs, Func<int, DateOnly> dayOf, List<JudgedDay> judged)
    {
        var judge = new SeriesJudge(rule.Series);
        foreach (var input in inputs)
        {
            for (var at = judge.Reach; at < input.Values.Length; at++)
            {
                var window = input.Window(at, judge.Reach);
                judged.Add(new JudgedDay(input.Area, dayOf(at), window, judge.Judge(window, judge.Reach), input.Outbreaks));
            }
        }
    }

    private static void JudgeTogether(DetectionRule rule, Input[] inputs, HashSet<string> wanted, Grid grid, Func<int, DateOnly> dayOf, List<JudgedDay> judged)
    {
        if (inputs.Length == 0) return;
        var judge = new PanelJudge(rule.Series, Places(inputs.Select(input => input.Area), grid));
        // What is known of one area has its part in the verdict about another.
        Guid[] outbreaks = [.. inputs.SelectMany(input => input.Outbreaks).Distinct()];
        for (var at = judge.Reach; at < inputs[0].Values.Length; at++)
        {
            double[][] panel = [.. inputs.Select(input => input.Window(at, judge.Reach))];
            foreach (var (i, (verdict, cluster, values)) in judge.Judge(panel, judge.Reach).Index())
            {
                if (!wanted.Contains(inputs[i].Area)) continue;
                string[]? areas = cluster is null ? null : [.. cluster.Select(area => inputs[area].Area)];
                judged.Add(new JudgedDay(inputs[i].Area, dayOf(at), panel[i], verdict, outbreaks, areas, areas is null ? null : dayOf(at - values + 1)));
            }
        }
    }

    /// <param name="Baseline">The same values without those of known outbreaks.</param>
    private sealed record Input(string Area, double[] Values, double[] Baseline, Guid[] Outbreaks)
    {
        /// <summary>The values compared with, and the one judged, which counts also in an outbreak.</summary>
        public double[] Window(int at, int reach) => [.. Baseline[(at - reach)..at], Values[at]];
    }
}
