using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class OutbreakMonitorTests
{
    private const int History = 260;

    [Fact]
    public void Alarms_of_one_outbreak_are_one_event()
    {
        var monitor = new OutbreakMonitor(Calm());
        OutbreakSignal[] first = [.. new[] { 60.0, 70, 45 }.Select(y => monitor.Next(Week(y))[0])];
        var after = monitor.Next(Week(12))[0];

        first.ShouldAllBe(s => s.Alarm && s.EventStart == History);
        (after.Alarm, after.EventStart).ShouldBe((false, -1));
    }

    [Fact]
    public void What_lingers_from_last_week_is_no_alarm()
    {
        var monitor = new OutbreakMonitor(Calm());
        monitor.Next(Week(60));

        var after = monitor.Next(Week(12))[0];

        after.PValue.ShouldBeLessThanOrEqualTo(after.Threshold);
        after.Alarm.ShouldBeFalse();
    }

    [Fact]
    public void Many_calm_series_seldom_alarm()
    {
        var random = new Random(3);
        double[][] history = [.. Enumerable.Range(0, 50).Select(_ => Enumerable.Range(0, History).Select(_ => (double)Poisson(random, 8)).ToArray())];
        var monitor = new OutbreakMonitor(history);

        var alarms = Enumerable.Range(0, 40).Sum(_ => monitor.Next([.. history.Select(_ => (double)Poisson(random, 8))]).Count(s => s.Alarm));

        alarms.ShouldBeLessThan(20, "of 2,000 weeks");
    }

    [Fact]
    public void A_short_history_gives_no_answer()
    {
        var signal = new OutbreakMonitor([[1, 2, 3]]).Next([50])[0];

        (double.IsNaN(signal.Expected), signal.Alarm).ShouldBe((true, false));
    }

    private static double[][] Calm() => [.. Enumerable.Range(0, 5).Select(s => Enumerable.Range(0, History).Select(t => 10.0 + (t * 7 + s) % 5).ToArray())];

    private static double[] Week(double first) => [first, 12, 11, 12, 13];

    private static int Poisson(Random random, double mean)
    {
        var (limit, product, k) = (Math.Exp(-mean), random.NextDouble(), 0);
        for (; product > limit; k++)
            product *= random.NextDouble();
        return k;
    }
}
