using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class ReproductionNumberTests
{
    private static readonly SerialInterval Interval = SerialInterval.Discretised(4, 2, 20);

    [Fact]
    public void Constant_incidence_has_R_one()
    {
        var latest = ReproductionNumber.Estimate([.. Enumerable.Repeat(500.0, 60)], Interval)[^1];

        latest.Mean.ShouldBe(1, 0.01);
        latest.Quantile(0.025).ShouldBeLessThan(1);
        latest.Quantile(0.975).ShouldBeGreaterThan(1);
        latest.Reliable.ShouldBeTrue();
    }

    [Fact]
    public void Doubling_incidence_has_R_above_one_and_halving_below()
    {
        double[] rising = [.. Enumerable.Range(0, 40).Select(t => 10 * Math.Pow(2, t / 5.0))];

        ReproductionNumber.Estimate(rising, Interval)[^1].Quantile(0.025).ShouldBeGreaterThan(1);
        ReproductionNumber.Estimate([.. rising.Reverse()], Interval)[^1].Quantile(0.975).ShouldBeLessThan(1);
    }

    [Fact]
    public void Imported_cases_infect_but_were_not_infected_here()
    {
        double[] cases = [.. Enumerable.Repeat(20.0, 40)], imported = [.. Enumerable.Repeat(10.0, 40)];

        ReproductionNumber.Estimate(cases, Interval, 7, imported)[^1].Mean.ShouldBe(ReproductionNumber.Estimate(cases, Interval)[^1].Mean / 2, 0.02);
    }

    [Fact]
    public void Few_cases_are_marked_as_unreliable() =>
        ReproductionNumber.Estimate([1, 0, 1, 0, 0, 1, 0, 1, 0, 0], Interval)[^1].Reliable.ShouldBeFalse();

    [Fact]
    public void Before_one_serial_interval_there_is_no_estimate() =>
        ReproductionNumber.Estimate([1, 2, 3, 4, 5, 6], Interval, windowDays: 1)[0].HasAnswer.ShouldBeFalse();

    [Fact]
    public void What_is_no_distribution_is_refused()
    {
        Should.Throw<ArgumentException>(() => SerialInterval.Of([0.5, 0.5]));
        Should.Throw<ArgumentException>(() => SerialInterval.Of([0, 0.4, 0.3]));
        Should.Throw<ArgumentOutOfRangeException>(() => SerialInterval.Discretised(0.8, 2, 20));
    }
}
