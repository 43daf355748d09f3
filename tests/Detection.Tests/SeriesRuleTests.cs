using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

/// <summary>What holds for every detector that judges a series alone, whichever rule applies it.</summary>
public sealed class SeriesRuleTests
{
    public static TheoryData<DetectorKind> Kinds => [.. Enum.GetValues<DetectorKind>().Where(kind => !new SeriesRule(kind).JudgesTogether)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_that_is_missing_alarms(DetectorKind kind)
    {
        var judge = new SeriesJudge(new SeriesRule(kind));
        Generators.ForSeries(judge.Reach + 5, missing: true, series =>
            Enumerable.Range(0, series.Length).All(at => judge.Judge(series, at) is var verdict && (!verdict.Alarm || !double.IsNaN(series[at]))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_past_of_which_nothing_is_known_alarms_from_nothing(DetectorKind kind)
    {
        var judge = new SeriesJudge(new SeriesRule(kind));
        var series = new double[judge.Reach + 1];
        Array.Fill(series, double.NaN);
        series[^1] = 1e6;

        var verdict = judge.Judge(series, series.Length - 1);

        (verdict.HasAnswer, verdict.Alarm).ShouldBe((false, false));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_larger_value_never_takes_an_alarm_back(DetectorKind kind)
    {
        var judge = new SeriesJudge(new SeriesRule(kind));
        Generators.ForSeries(judge.Reach + 1, missing: false, series =>
        {
            var before = judge.Judge(series, judge.Reach);
            var after = judge.Judge([.. series[..^1], series[^1] + 10], judge.Reach);
            return !before.Alarm || after.Alarm;
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_far_out_of_the_ordinary_alarm(DetectorKind kind)
    {
        var judge = new SeriesJudge(new SeriesRule(kind));
        // EARS C3 goes by the two days before as much as by the day itself.
        Generators.ForSeries(judge.Reach + 1, missing: false, series => judge.Judge([.. series[..^3], 10_000, 20_000, 40_000], judge.Reach).Alarm);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_the_reach_counts_and_the_same_values_give_the_same_verdict(DetectorKind kind)
    {
        var (judge, other) = (new SeriesJudge(new SeriesRule(kind)), new SeriesJudge(new SeriesRule(kind)));
        Generators.ForSeries(judge.Reach + 20, missing: true, series =>
        {
            var at = series.Length - 1;
            var whole = judge.Judge(series, at);
            judge.Judge(series, at - 7);
            return whole.Equals(other.Judge(series.AsSpan(at - judge.Reach), judge.Reach)) && whole.Equals(judge.Judge(series, at));
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_value_below_the_smallest_count_never_alarms(DetectorKind kind)
    {
        var judge = new SeriesJudge(new SeriesRule(kind, MinimumCount: 31));
        Generators.ForSeries(judge.Reach + 1, missing: false, series => !judge.Judge(series, judge.Reach).Alarm);
    }

    [Theory]
    [InlineData(DetectorKind.EarsC1)]
    [InlineData(DetectorKind.EarsC2)]
    [InlineData(DetectorKind.WeekdaySwitch)]
    public void A_shift_of_all_values_moves_what_is_expected_and_no_alarm(DetectorKind kind)
    {
        var judge = new SeriesJudge(new SeriesRule(kind));
        Generators.ForSeries(judge.Reach + 1, missing: false, series =>
        {
            var (plain, shifted) = (judge.Judge(series, judge.Reach), judge.Judge([.. series.Select(y => y + 100)], judge.Reach));
            return Math.Abs(plain.Expected + 100 - shifted.Expected) < 1e-6 && plain.Alarm == shifted.Alarm;
        });
    }

    [Fact]
    public void A_backtest_is_the_same_on_any_number_of_threads_and_counts_what_it_injects()
    {
        var random = new Random(5);
        double[][] series = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 400).Select(_ => (double)random.Next(5, 15)).ToArray())];
        var rule = new SeriesRule(DetectorKind.EarsC2);

        var (first, second) = (Backtest.Run(rule, series, 30), Backtest.Run(rule, series, 30));

        (first with { FirstAlarms = [] }).ShouldBe(second with { FirstAlarms = [] });
        (first.Judged, first.Injected).ShouldBe((40 * 370, 40));
        first.InjectedDetected.ShouldBeInRange(10, 40);
        first.FalseAlarmRate.ShouldBeLessThan(0.02);
    }

    [Fact]
    public void A_known_outbreak_is_found_and_its_alarms_are_not_false()
    {
        var series = new double[60];
        Array.Fill(series, 5);
        var known = new bool[60];
        for (var day = 40; day < 45; day++) (series[day], known[day]) = (day < 41 ? 5 : 50, true);

        var result = Backtest.Run(new SeriesRule(DetectorKind.EarsC1), [series], 10, [known]);

        (result.KnownOutbreaks, result.KnownDetected, result.KnownDelay, result.FalseAlarms, result.FirstAlarms[0]).ShouldBe((1, 1, 1, 0, 41));
    }

    [Theory]
    [InlineData(DetectorKind.EarsC1, nameof(SeriesRule.Years))]
    [InlineData(DetectorKind.Noufaily, nameof(SeriesRule.Factor))]
    [InlineData(DetectorKind.Cusum, nameof(SeriesRule.Alpha))]
    [InlineData(DetectorKind.SpaceTimeScan, nameof(SeriesRule.Years))]
    public void A_parameter_that_a_detector_does_not_have_is_a_fault(DetectorKind kind, string fault)
    {
        var rule = new SeriesRule(kind, Alpha: fault == nameof(SeriesRule.Alpha) ? 0.01 : null, Years: fault == nameof(SeriesRule.Years) ? 3 : null, Factor: fault == nameof(SeriesRule.Factor) ? 2 : null);

        rule.Fault().ShouldBe(fault);
        Should.Throw<ArgumentException>(() => rule.Reach);
    }
}
