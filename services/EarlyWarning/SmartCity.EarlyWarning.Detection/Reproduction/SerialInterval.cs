using MathNet.Numerics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Probability that a secondary case falls ill k days after the case that infected it, k = 0, 1, 2 … (0 for k = 0).</summary>
public sealed class SerialInterval
{
    private SerialInterval(double[] weights)
    {
        Weights = weights;
        Mean = weights.Select((w, k) => k * w).Sum();
    }

    /// <summary>Probability by day, from day 0.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Mean in days.</summary>
    public double Mean { get; }

    /// <summary>A known distribution.</summary>
    /// <param name="weights">Probability by day, from day 0: not negative, 0 for day 0, with sum 1 within 1 %.</param>
    /// <exception cref="ArgumentException">The weights are no such distribution.</exception>
    public static SerialInterval Of(IEnumerable<double> weights)
    {
        double[] all = [.. weights];
        if (all.Length < 2 || all[0] != 0 || all.Any(w => !(w >= 0)) || Math.Abs(all.Sum() - 1) > 0.01)
            throw new ArgumentException("Weights from day 0: none negative, the first 0, their sum 1.", nameof(weights));
        return new(all);
    }

    /// <summary>A gamma distribution shifted by one day, discretised.</summary>
    /// <remarks>
    /// w(k) = k·F(k; a) + (k−2)·F(k−2; a) − 2(k−1)·F(k−1; a) + a·b·[2F(k−1; a+1) − F(k−2; a+1) − F(k; a+1)], with shape a = ((µ−1)/σ)², scale b = σ²/(µ−1),
    /// F the gamma distribution function; negative rounding errors are 0. Source: Cori et al. (2013), web appendix 11.
    /// </remarks>
    /// <param name="mean">Mean µ in days, above 1.</param>
    /// <param name="standardDeviation">Standard deviation σ in days, above 0.</param>
    /// <param name="days">Number of days, day 0 included.</param>
    public static SerialInterval Discretised(double mean, double standardDeviation, int days)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(mean, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(standardDeviation);
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 2);
        var shape = (mean - 1) / standardDeviation * ((mean - 1) / standardDeviation);
        var scale = standardDeviation * standardDeviation / (mean - 1);
        return new([.. Enumerable.Range(0, days).Select(Weight)]);

        double Weight(int k) => Math.Max(0,
            k * F(k, shape) + (k - 2) * F(k - 2, shape) - 2 * (k - 1) * F(k - 1, shape)
            + shape * scale * (2 * F(k - 1, shape + 1) - F(k - 2, shape + 1) - F(k, shape + 1)));

        double F(int k, double a) => k <= 0 ? 0 : SpecialFunctions.GammaLowerRegularized(a, k / scale);
    }
}
