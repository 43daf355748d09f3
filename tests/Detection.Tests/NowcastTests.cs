using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class NowcastTests
{
    private const int Days = 40;
    private static readonly int[] DelayPercent = [20, 40, 30, 10];

    [Fact]
    public void A_steady_series_is_completed_to_its_level()
    {
        var nowcast = Nowcast.Estimate(Steady());

        nowcast[^1].Reported.ShouldBe(20);
        nowcast[^1].ReportedShare.ShouldBe(0.2, 1e-9);
        nowcast[^1].Expected.ShouldBe(104, 1e-9);
        nowcast.ShouldAllBe(day => day.Lower <= 100 && day.Upper >= 100 && day.Lower >= day.Reported);
    }

    [Fact]
    public void A_complete_day_is_certain()
    {
        var day = Nowcast.Estimate(Steady())[10];

        (day.Lower, day.Expected, day.Upper).ShouldBe((100, 100, 100));
    }

    [Fact]
    public void A_day_without_a_report_yet_is_not_a_day_without_a_case()
    {
        var reports = Steady();
        reports[Days - 1, 0] = 0;

        var today = Nowcast.Estimate(reports)[^1];

        today.Expected.ShouldBeGreaterThan(0);
        today.Upper.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_wider_coverage_has_a_wider_interval()
    {
        var (narrow, wide) = (Nowcast.Estimate(Steady(), 0.5)[^1], Nowcast.Estimate(Steady(), 0.99)[^1]);

        wide.Lower.ShouldBeLessThan(narrow.Lower);
        wide.Upper.ShouldBeGreaterThan(narrow.Upper);
    }

    private static double[,] Steady()
    {
        var reports = new double[Days, DelayPercent.Length];
        for (var day = 0; day < Days; day++)
            for (var d = 0; d < DelayPercent.Length; d++)
                reports[day, d] = day + d < Days ? DelayPercent[d] : double.NaN;
        return reports;
    }
}
