using SmartCity.Portal.Pages.Cockpit;

namespace SmartCity.Portal.Tests;

/// <summary>The lines of a chart stand at round values, whatever it shows.</summary>
public sealed class PlotTests
{
    [Theory]
    [InlineData(33.5, 10)]
    [InlineData(2.52, 1)]
    [InlineData(9150, 5000)]
    [InlineData(27, 10)]
    [InlineData(0.8, 0.2)]
    [InlineData(0, 1)]
    public void Lines_are_few_and_at_round_values(double highest, double step)
    {
        var ticks = new Plot(28, highest).Ticks.ToArray();

        ticks.Length.ShouldBeLessThanOrEqualTo(6);
        (ticks.Length < 2 ? step : ticks[1] - ticks[0]).ShouldBe(step, 1e-9);
    }
}
