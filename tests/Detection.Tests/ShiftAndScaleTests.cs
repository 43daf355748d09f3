using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

/// <summary>How answers change when all counts are shifted, multiplied or one of them grows.</summary>
public sealed class ShiftAndScaleTests
{
    private const int Weeks = 320;
    private static readonly Farrington1996 Original = new(SeasonCalendar.Weekly);
    private static readonly FarringtonFlexible Noufaily = new(SeasonCalendar.Weekly);

    [Theory]
    [InlineData(EarsMethod.C1)]
    [InlineData(EarsMethod.C2)]
    public void Ears_bounds_move_with_the_level(EarsMethod method) =>
        Generators.ForSeries(40, missing: false, series =>
            Pairs(Ears.Detect(series, new EarsOptions(method)), Ears.Detect([.. series.Select(y => y + 7)], new EarsOptions(method)))
                .All(p => Same(p.A.UpperBound + 7, p.B.UpperBound) && p.A.Alarm == p.B.Alarm));

    [Theory]
    [InlineData(EarsMethod.C1)]
    [InlineData(EarsMethod.C2)]
    [InlineData(EarsMethod.C3)]
    public void Ears_bounds_grow_in_proportion(EarsMethod method) =>
        Generators.ForSeries(40, missing: false, series =>
            Pairs(Ears.Detect(series, EarsOptions.RCompatible(method)), Ears.Detect([.. series.Select(y => y * 4)], EarsOptions.RCompatible(method)))
                .All(p => Same(p.A.UpperBound * 4, p.B.UpperBound) && p.A.Alarm == p.B.Alarm));

    [Fact]
    public void A_larger_count_never_takes_an_ears_alarm_back() =>
        Generators.ForSeries(20, missing: false, series =>
            !Ears.Detect(series, new EarsOptions(EarsMethod.C2))[^1].Alarm
            || Ears.Detect([.. series[..^1], series[^1] + 5], new EarsOptions(EarsMethod.C2))[^1].Alarm);

    [Fact]
    public void A_larger_count_never_takes_a_farrington_alarm_back_and_leaves_the_bound() =>
        Generators.ForSeries(Weeks, missing: false, series =>
        {
            double[] larger = [.. series[..^1], series[^1] + 10];
            return new (Func<double[], FarringtonResult> Of, int)[] { (s => Original.Evaluate(s, Weeks - 1), 0), (s => Noufaily.Evaluate(s, Weeks - 1), 1) }
                .All(d => d.Of(series) is var before && d.Of(larger) is var after
                    && Same(before.UpperBound, after.UpperBound) && (!before.Alarm || after.Alarm) && after.PValue <= before.PValue);
        });

    [Fact]
    public void A_smaller_alpha_never_lowers_a_farrington_bound()
    {
        var strict = new FarringtonFlexible(SeasonCalendar.Weekly, FarringtonOptions.Noufaily with { Alpha = 0.001 });
        Generators.ForSeries(Weeks, missing: false, series =>
            !(strict.Evaluate(series, Weeks - 1).UpperBound < Noufaily.Evaluate(series, Weeks - 1).UpperBound));
    }

    [Fact]
    public void Weights_sum_to_the_number_of_weeks_and_none_is_above_the_others_but_for_outliers() =>
        Generators.ForSeries(Weeks, missing: false, series =>
        {
            var weeks = Noufaily.Explain(series, Weeks - 1);
            return Same(weeks.Sum(w => w.Weight), weeks.Length) && weeks.All(w => w.Week < Weeks - 26 && w.Weight > 0);
        });

    [Fact]
    public void A_larger_cusum_input_never_lowers_the_sum() =>
        Generators.ForSeries(30, missing: false, series =>
        {
            CusumStream low = new(CusumOptions.RCompatible), high = new(CusumOptions.RCompatible);
            return series.All(y => low.Next(y, 10).Statistic <= high.Next(y + 1, 10).Statistic);
        });

    [Fact]
    public void A_count_at_the_cusum_bound_alarms_and_one_below_does_not() =>
        Generators.ForSeries(30, missing: false, series =>
        {
            var stream = new CusumStream(new CusumOptions { Standardisation = Standardisation.Anscombe });
            return series.Select(y => stream.Next(y, 10)).All(r => r.Alarm == r.Observed >= r.UpperBound - 1e-9);
        });

    [Fact]
    public void A_count_above_the_likelihood_ratio_bound_alarms_and_no_other() =>
        Generators.ForSeries(40, missing: false, series =>
        {
            var stream = new LikelihoodRatioStream(1.5, 0.2);
            return series.Select(y => stream.Next(y, 10)).All(r => r.Alarm == r.Observed > r.UpperBound);
        });

    [Fact]
    public void The_estimated_factor_is_at_least_as_likely_as_any_given_one() =>
        Generators.ForSeries(25, missing: false, series =>
        {
            var given = new LikelihoodRatioStream(1.5, 0.1, limit: 1e9);
            var estimated = new GeneralizedLikelihoodRatioStream(0.1, limit: 1e9);
            return series.All(y => given.Next(y, 12).Statistic <= estimated.Next(y, 12).Statistic + 1e-9);
        });

    [Fact]
    public void Reproduction_numbers_do_not_depend_on_the_share_of_cases_reported()
    {
        var interval = SerialInterval.Discretised(4, 2, 15);
        Generators.ForSeries(30, missing: false, series =>
            Pairs(ReproductionNumber.Estimate([.. series.Select(y => 1000 * (y + 1))], interval), ReproductionNumber.Estimate([.. series.Select(y => 500 * (y + 1))], interval))
                .All(p => !p.A.HasAnswer || Math.Abs(p.A.Mean / p.B.Mean - 1) < 0.01));
    }

    [Fact]
    public void Holt_winters_forecasts_move_with_the_level_and_grow_in_proportion() =>
        Generators.ForSeries(40, missing: false, series =>
        {
            var smoothing = new Smoothing(0.3, 0.1, 0.2);
            var plain = HoltWinters.Fit(series, smoothing, 7, SeasonKind.Additive).Next(10);
            var changed = HoltWinters.Fit([.. series.Select(y => 3 * y + 5)], smoothing, 7, SeasonKind.Additive).Next(10);
            return Pairs(plain, changed).All(p => Same(3 * p.A.Mean + 5, p.B.Mean) && Same(3 * p.A.Upper + 5, p.B.Upper));
        });

    private static IEnumerable<(T A, T B)> Pairs<T>(IEnumerable<T> a, IEnumerable<T> b) => a.Zip(b);

    private static bool Same(double a, double b) => (double.IsNaN(a) && double.IsNaN(b)) || Math.Abs(a - b) <= 1e-8 * Math.Max(1, Math.Abs(a));
}
