using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

/// <summary>Values computed by other means: R's qnbinom, pnbinom, qgamma, trigamma.</summary>
public sealed class NumericsTests
{
    [Theory]
    [InlineData(10, 2.5)]
    [InlineData(0.3, 1)]
    [InlineData(1500, 30)]
    [InlineData(4, 1)]
    public void Tails_of_counts_add_up(double mean, double dispersion)
    {
        var distribution = CountDistribution.Overdispersed(mean, dispersion);
        var (sum, first) = (0.0, 0.0);
        for (var k = 0; k <= 10 * (mean + 10); k++)
        {
            distribution.AtMost(k).ShouldBe(sum += distribution.Probability(k), 1e-12);
            distribution.AtLeast(k + 1).ShouldBe(1 - sum, 1e-12);
            first += k * distribution.Probability(k);
        }

        first.ShouldBe(mean, 1e-7 * mean);
    }

    [Theory]
    [InlineData(10, 2.5, 0.95)]
    [InlineData(0.3, 1, 0.99)]
    [InlineData(1500, 30, 0.999)]
    [InlineData(2, 8, 0.5)]
    public void A_quantile_is_the_first_count_that_reaches_the_level(double mean, double dispersion, double p)
    {
        var distribution = CountDistribution.Overdispersed(mean, dispersion);

        var x = distribution.Quantile(p, z: 0);

        distribution.AtMost(x).ShouldBeGreaterThanOrEqualTo(p);
        (x == 0 || distribution.AtMost(x - 1) < p).ShouldBeTrue();
    }

    [Theory]
    [InlineData(4, 0.95, 8)]
    [InlineData(4, 0.999, 11)]
    public void Poisson_quantiles_are_those_of_the_tables(double mean, double p, double expected) =>
        CountDistribution.Poisson(mean).Quantile(p, 0).ShouldBe(expected);

    [Theory]
    [InlineData(1, 0.5, 0.69314718055994531)]
    [InlineData(1, 0.025, 0.025317807984289897)]
    [InlineData(0.5, 0.9, 1.3527717270477073)]
    public void Gamma_quantiles_have_all_digits(double shape, double p, double expected) => GammaQuantile.Standard(shape, p).ShouldBe(expected, 1e-13 * expected);

    [Theory]
    [InlineData(1, 1.6449340668482264)]
    [InlineData(0.5, 4.9348022005446793)]
    public void Trigamma_is_exact(double x, double expected) => NegativeBinomialShape.TriGamma(x).ShouldBe(expected, 1e-13);

    [Fact]
    public void The_false_discovery_rate_believes_the_smallest_p_values()
    {
        FalseDiscoveryRate.Threshold([0.01, 0.02, 0.03, 0.5, 0.9], 0.1).ShouldBe(0.03);
        FalseDiscoveryRate.Threshold([0.5, 0.9, double.NaN], 0.1).ShouldBe(0);
        FalseDiscoveryRate.Threshold([0.06, double.NaN, double.NaN], 0.1).ShouldBe(0.06, "a missing test is none");
    }
}
