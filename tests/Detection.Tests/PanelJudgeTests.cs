using MathNet.Numerics.Distributions;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

/// <summary>What holds for the detectors that judge all areas together.</summary>
public sealed class PanelJudgeTests
{
    private const int Areas = 16;
    private const int Outbreak = 5;

    public static TheoryData<DetectorKind> Kinds => [.. Enum.GetValues<DetectorKind>().Where(kind => new SeriesRule(kind).JudgesTogether)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Many_more_cases_in_one_area_alarm_there_and_nowhere_else(DetectorKind kind)
    {
        var judge = Judge(kind);
        for (var seed = 1; seed <= 5; seed++)
        {
            var panel = Calm(judge.Reach + 1, seed);
            panel[Outbreak][^1] += 40;

            var verdicts = judge.Judge(panel, judge.Reach);

            Enumerable.Range(0, Areas).Where(area => verdicts[area].Verdict.Alarm).ShouldBe([Outbreak]);
            var verdict = verdicts[Outbreak].Verdict;
            verdict.Observed.ShouldBeGreaterThan(verdict.UpperBound);
            verdict.UpperBound.ShouldBeGreaterThan(verdict.Expected);
            verdict.Score.ShouldBeGreaterThan(1);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_missing_alarms_nowhere(DetectorKind kind)
    {
        var judge = Judge(kind);
        var random = new Random(7);
        for (var seed = 1; seed <= 5; seed++)
        {
            var panel = Calm(judge.Reach + 1, seed);
            foreach (var series in panel)
                for (var at = 0; at < series.Length; at++)
                    if (random.Next(40) == 0) series[at] = double.NaN;
            panel[Outbreak][^1] = double.NaN;

            var verdicts = judge.Judge(panel, judge.Reach);

            (verdicts[Outbreak].Verdict.HasAnswer, verdicts[Outbreak].Verdict.Alarm).ShouldBe((false, false));
            verdicts.ShouldAllBe(verdict => !verdict.Verdict.Alarm || !double.IsNaN(verdict.Verdict.Observed));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Calm_areas_seldom_alarm(DetectorKind kind)
    {
        var judge = Judge(kind);

        var alarms = Enumerable.Range(1, 30).Sum(seed => judge.Judge(Calm(judge.Reach + 1, seed), judge.Reach).Count(verdict => verdict.Verdict.Alarm));

        alarms.ShouldBeLessThan(8, "of 480 values");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_the_reach_counts_and_the_same_values_give_the_same_verdicts(DetectorKind kind)
    {
        var judge = Judge(kind);
        var panel = Calm(judge.Reach + 30, seed: 3);
        panel[Outbreak][^1] += 20;

        var whole = judge.Judge(panel, panel[0].Length - 1);
        judge.Judge(panel, panel[0].Length - 5);
        var reach = Judge(kind).Judge([.. panel.Select(series => series[^(judge.Reach + 1)..])], judge.Reach);

        reach.Select(verdict => verdict.Verdict).ShouldBe(whole.Select(verdict => verdict.Verdict));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_larger_value_never_takes_an_alarm_back(DetectorKind kind)
    {
        var judge = Judge(kind);
        for (var seed = 1; seed <= 10; seed++)
        {
            var panel = Calm(judge.Reach + 1, seed);
            panel[Outbreak][^1] += seed;
            var before = judge.Judge(panel, judge.Reach)[Outbreak].Verdict.Alarm;
            panel[Outbreak][^1] += 15;

            (judge.Judge(panel, judge.Reach)[Outbreak].Verdict.Alarm || !before).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_bound_is_where_the_alarm_begins(DetectorKind kind)
    {
        var judge = Judge(kind);
        var panel = Calm(judge.Reach + 1, seed: 4);
        panel[Outbreak][^1] = 0;
        var first = Enumerable.Range(0, 60).First(count =>
        {
            panel[Outbreak][^1] = count;
            return judge.Judge(panel, judge.Reach)[Outbreak].Verdict.Alarm;
        });
        panel[Outbreak][^1] = first;

        var verdict = judge.Judge(panel, judge.Reach)[Outbreak].Verdict;

        (verdict.UpperBound >= verdict.Observed - 2 && verdict.UpperBound < verdict.Observed).ShouldBeTrue($"{verdict}");
    }

    [Fact]
    public void A_cluster_of_neighbours_is_one_alarm_that_names_them()
    {
        var judge = Judge(DetectorKind.SpaceTimeScan);
        var panel = Calm(judge.Reach + 1, seed: 1);
        foreach (var area in (int[])[0, 1, 4])
            for (var day = panel[area].Length - 3; day < panel[area].Length; day++) panel[area][day] += area == 4 ? 5 : 4;

        var alarm = judge.Judge(panel, judge.Reach).Index().Single(verdict => verdict.Item.Verdict.Alarm);

        alarm.Index.ShouldBe(4);
        alarm.Item.Cluster!.Order().ShouldBe([0, 1, 4]);
        alarm.Item.Values.ShouldBe(3);
    }

    [Fact]
    public void An_area_of_which_a_day_is_missing_is_not_scanned()
    {
        var judge = Judge(DetectorKind.SpaceTimeScan);
        var panel = Calm(judge.Reach + 1, seed: 1);
        panel[Outbreak][20] = double.NaN;
        panel[Outbreak][^1] += 40;

        judge.Judge(panel, judge.Reach)[Outbreak].Verdict.HasAnswer.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_backtest_finds_what_it_lays_over_the_past(DetectorKind kind)
    {
        var rule = new SeriesRule(kind, Years: kind == DetectorKind.OutbreakMonitor ? 3 : null);
        // A scan is for cases that are rare: among many, one area's outbreak is not rare enough.
        var (reach, judged, mean) = (rule.Reach, kind == DetectorKind.OutbreakMonitor ? 27 : 120, kind == DetectorKind.OutbreakMonitor ? 2 : 0.1);
        var result = Backtest.Run(rule, Calm(reach + judged, seed: 2, mean), reach, areas: Grid);

        (result.Judged, result.Injected).ShouldBe((Areas * judged, Areas));
        result.InjectedDetected.ShouldBeInRange(4, Areas);
        result.FalseAlarmRate.ShouldBeLessThan(0.02);
    }

    private static PanelJudge Judge(DetectorKind kind) => new(new SeriesRule(kind), Grid);

    private static ScanArea[] Grid => [.. Enumerable.Range(0, Areas).Select(area => new ScanArea($"{area}", area % 4, area / 4))];

    private static double[][] Calm(int length, int seed, double mean = 2)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Areas).Select(_ => Enumerable.Range(0, length).Select(_ => (double)Poisson.Sample(random, mean)).ToArray())];
    }
}
