using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class FarringtonTests
{
    private static readonly double[] Seasonal = [.. Enumerable.Range(0, 320).Select(t => Math.Round(20 + 10 * Math.Cos(2 * Math.PI * t / 52) + t % 4))];

    [Fact]
    public void The_baseline_is_the_weeks_around_the_last_anniversaries()
    {
        var weeks = new Farrington1996(SeasonCalendar.Weekly).Explain(Seasonal, 300);

        weeks.Select(w => w.Week).ShouldBe(Enumerable.Range(1, 5).SelectMany(year => Enumerable.Range(300 - 52 * year - 3, 7)).Order());
    }

    [Fact]
    public void By_date_the_same_weekday_nearest_to_the_anniversary_counts()
    {
        DateOnly[] mondays = [.. Enumerable.Range(0, 320).Select(i => new DateOnly(2018, 1, 1).AddDays(7 * i))];

        var weeks = new Farrington1996(SeasonCalendar.ByDate(mondays)).Explain(Seasonal, 313);

        var anniversary = mondays[313].AddYears(-1);
        Math.Abs(mondays[weeks[^4].Week].DayNumber - anniversary.DayNumber).ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public void A_past_outbreak_loses_weight_and_hides_no_new_one()
    {
        var series = (double[])Seasonal.Clone();
        for (var t = 300 - 52; t < 300 - 52 + 3; t++)
            series[t] += 200;
        series[300] += 40;
        var detector = new FarringtonFlexible(SeasonCalendar.Weekly);

        detector.Evaluate(series, 300).Alarm.ShouldBeTrue();
        var weeks = detector.Explain(series, 300);
        weeks.Single(w => w.Week == 249).Weight.ShouldBeLessThan(0.2);
        new FarringtonFlexible(SeasonCalendar.Weekly, FarringtonOptions.Noufaily with { Reweight = false }).Evaluate(series, 300).Alarm.ShouldBeFalse();
    }

    [Fact]
    public void Without_history_there_is_no_answer()
    {
        new FarringtonFlexible(SeasonCalendar.Weekly).Evaluate(Seasonal, 100).HasAnswer.ShouldBeFalse();
        new Farrington1996(SeasonCalendar.Weekly).Evaluate(Seasonal, 30).HasAnswer.ShouldBeFalse();
    }

    [Fact]
    public void Few_cases_never_alarm()
    {
        var sparse = new double[320];
        sparse[300] = 4;

        new FarringtonFlexible(SeasonCalendar.Weekly).Evaluate(sparse, 300).Alarm.ShouldBeFalse();
    }

    [Fact]
    public void Corrected_and_R_compatible_bounds_differ_where_R_mistakes_the_dispersion()
    {
        var noisy = Seasonal.Select((y, t) => y + 7 * (t * t % 5)).ToArray();
        FarringtonResult Of(ReferenceMode mode) =>
            new FarringtonFlexible(SeasonCalendar.Weekly, FarringtonOptions.Flexible with { Mode = mode, Trend = false }).Evaluate(noisy, 300);

        Of(ReferenceMode.Corrected).Expected.ShouldBe(Of(ReferenceMode.RCompatible).Expected, 1e-9);
        Math.Abs(Of(ReferenceMode.Corrected).UpperBound - Of(ReferenceMode.RCompatible).UpperBound).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void One_detector_answers_for_many_series_as_a_new_one_would()
    {
        var shared = new FarringtonFlexible(SeasonCalendar.Weekly);
        shared.Evaluate([.. Seasonal.Select(y => y * 3)], 300);

        shared.Evaluate(Seasonal, 300).ShouldBe(new FarringtonFlexible(SeasonCalendar.Weekly).Evaluate(Seasonal, 300));
    }
}
