using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

/// <summary>What is not known never alarms, in any detector.</summary>
public sealed class MissingDataTests
{
    private const int Weeks = 320;

    [Theory]
    [InlineData(EarsMethod.C1)]
    [InlineData(EarsMethod.C2)]
    [InlineData(EarsMethod.C3)]
    public void Ears_never_alarms_from_a_missing_day(EarsMethod method) =>
        Generators.ForSeries(60, missing: true, series =>
            Ears.Detect(series, new EarsOptions(method)).All(r => !r.Alarm || !double.IsNaN(r.Observed)));

    [Fact]
    public void Cusum_passes_over_a_missing_value() =>
        Generators.ForSeries(40, missing: true, series =>
        {
            CusumStream gaps = new(), closed = new();
            double[] present = [.. series.Where(y => !double.IsNaN(y)).Select(y => closed.Next(y, 10).Statistic)];
            return series.Select(y => (y, Result: gaps.Next(y, 10))).Where(x => !double.IsNaN(x.y)).Select(x => x.Result.Statistic).SequenceEqual(present);
        });

    [Fact]
    public void Likelihood_ratios_never_alarm_from_a_missing_value() =>
        Generators.ForSeries(40, missing: true, series =>
        {
            var known = new LikelihoodRatioStream(2, 0.1);
            var estimated = new GeneralizedLikelihoodRatioStream(0.1);
            return series.Select(y => (y, Alarm: known.Next(y, 10).Alarm | estimated.Next(y, 10).Alarm)).All(x => !x.Alarm || !double.IsNaN(x.y));
        });

    [Fact]
    public void OutbreakP_never_alarms_from_a_missing_value() =>
        Generators.ForSeries(40, missing: true, series =>
        {
            var stream = new OutbreakPStream();
            return series.Select(stream.Next).All(r => !r.Alarm || !double.IsNaN(r.Observed));
        });

    [Fact]
    public void Farrington_never_alarms_from_a_missing_week_and_still_answers_after_it()
    {
        Farrington1996 original = new(SeasonCalendar.Weekly);
        FarringtonFlexible flexible = new(SeasonCalendar.Weekly);
        Generators.ForSeries(Weeks, missing: true, series =>
        {
            var (first, second) = (original.Evaluate(series, Weeks - 1), flexible.Evaluate(series, Weeks - 1));
            return (!double.IsNaN(series[^1]) || (!first.Alarm && !second.Alarm))
                && !double.IsNaN(first.Expected) && !double.IsNaN(second.Expected);
        });
    }

    [Fact]
    public void Daily_detectors_never_alarm_from_a_missing_day() =>
        Generators.ForSeries(70, missing: true, series => DailySwitch.Detect(series).All(r => !r.Alarm || !double.IsNaN(r.Observed)));

    [Fact]
    public void The_monitor_never_alarms_from_a_missing_week_and_leaves_the_event_open()
    {
        double[] calm = [.. Enumerable.Range(0, 156).Select(t => 10.0 + t % 3)];
        var monitor = new OutbreakMonitor([calm]);
        monitor.Next([40])[0].Alarm.ShouldBeTrue();

        var silent = monitor.Next([double.NaN])[0];

        silent.Alarm.ShouldBeFalse();
        silent.EventStart.ShouldBe(156);
        monitor.Next([40])[0].EventStart.ShouldBe(156);
    }

    [Fact]
    public void A_reproduction_number_from_a_missing_day_is_none()
    {
        double[] incidence = [.. Enumerable.Repeat(10.0, 30)];
        incidence[15] = double.NaN;

        var estimates = ReproductionNumber.Estimate(incidence, SerialInterval.Discretised(3, 1.5, 8));

        estimates.Where(r => r.FirstDay <= 15 && r.LastDay >= 15).ShouldAllBe(r => !r.HasAnswer);
        estimates[^1].HasAnswer.ShouldBeTrue();
    }
}
