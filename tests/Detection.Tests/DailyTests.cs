using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class DailyTests
{
    private static readonly double[] Weekly = [.. Enumerable.Range(0, 60).Select(day => day % 7 >= 5 ? 5.0 : 40 + day % 3)];
    private static readonly double[] Flat = [.. Enumerable.Range(0, 60).Select(day => 20.0 + day * day % 5)];

    [Fact]
    public void A_weekday_shape_is_answered_by_regression_and_a_flat_series_by_the_average()
    {
        DailySwitch.Detect(Weekly)[^1].Detector.ShouldBe(DailyDetector.WeekdayRegression);
        DailySwitch.Detect(Flat)[^1].Detector.ShouldBe(DailyDetector.Ewma);
    }

    [Fact]
    public void A_busy_sunday_alarms_where_the_same_number_on_a_monday_is_usual()
    {
        var day = Enumerable.Range(50, 7).Single(d => d % 7 == 6);
        var series = (double[])Weekly.Clone();
        series[day] = 40;

        WeekdayRegression.Evaluate(series, day).Alarm.ShouldBeTrue();
        WeekdayRegression.Evaluate(series, day + 1).Alarm.ShouldBeFalse();
    }

    [Fact]
    public void A_sudden_rise_alarms_in_the_average_and_does_not_echo()
    {
        double[] series = [.. Flat, 60, 21, 22, 20];

        var results = DailySwitch.Detect(series);

        results[60].Alarm.ShouldBeTrue();
        results[61..].ShouldAllBe(r => !r.Alarm);
    }

    [Fact]
    public void A_missing_weekday_is_not_taken_for_zero()
    {
        var series = (double[])Weekly.Clone();
        series[50] = double.NaN;

        WeekdayRegression.Evaluate(series, 57).Expected.ShouldBeGreaterThan(30);
    }
}
