using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class ForecastTests
{
    private static readonly double[] Seasonal = [.. Enumerable.Range(0, 84).Select(t => 50 + 0.5 * t + (t % 7 >= 5 ? -20 : 8))];

    [Fact]
    public void A_regular_series_is_continued()
    {
        var forecast = HoltWinters.FitBest(Seasonal, trend: true, 7, SeasonKind.Additive).Next(14);

        for (var h = 1; h <= 14; h++)
            forecast[h - 1].Mean.ShouldBe(50 + 0.5 * (83 + h) + ((83 + h) % 7 >= 5 ? -20 : 8), 0.5);
    }

    [Fact]
    public void Intervals_widen_with_the_distance()
    {
        double[] noisy = [.. Seasonal.Select((y, t) => y + t * t % 7)];

        var forecast = HoltWinters.FitBest(noisy, trend: true, 7, SeasonKind.Additive).Next(20);

        forecast.Zip(forecast.Skip(1)).ShouldAllBe(pair => pair.Second.Upper - pair.Second.Lower >= pair.First.Upper - pair.First.Lower);
    }

    [Theory]
    [InlineData(SeasonKind.Additive)]
    [InlineData(SeasonKind.Multiplicative)]
    public void The_best_parameters_are_no_worse_than_any_on_a_grid(SeasonKind kind)
    {
        double[] noisy = [.. Seasonal.Select((y, t) => y + t * t % 7)];
        var best = HoltWinters.FitBest(noisy, trend: true, 7, kind).SumOfSquaredErrors;

        foreach (var alpha in new[] { 0.05, 0.3, 0.7 })
            foreach (var gamma in new[] { 0.05, 0.3, 0.7 })
                best.ShouldBeLessThanOrEqualTo(HoltWinters.Fit(noisy, new Smoothing(alpha, 0.05, gamma), 7, kind).SumOfSquaredErrors);
    }

    [Fact]
    public void A_missing_day_leaves_the_forecast_as_it_was()
    {
        double[] gap = [.. Seasonal, double.NaN];
        var smoothing = new Smoothing(0.3, 0.1, 0.2);

        HoltWinters.Fit(gap, smoothing, 7, SeasonKind.Additive).Next(1)[0].Mean
            .ShouldBe(HoltWinters.Fit(Seasonal, smoothing, 7, SeasonKind.Additive).Next(2)[1].Mean, 1e-9);
    }

    [Fact]
    public void Gamma_without_a_season_is_refused() =>
        Should.Throw<ArgumentException>(() => HoltWinters.Fit(Seasonal, new Smoothing(0.3, 0.1, 0.2)));
}
