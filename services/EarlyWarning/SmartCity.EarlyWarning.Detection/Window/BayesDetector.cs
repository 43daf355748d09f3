using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Bayesian prediction of a Poisson count from similar past weeks.</summary>
/// <remarks>
/// <para>With Jeffreys' prior the next count after n weeks with sum s is negative binomial with size s + ½ and probability n/(n+1);
/// U is its quantile at 1 − α. Missing weeks are left out.</para>
/// <para>Source: Riebler (2004); R surveillance <c>algo.bayes</c>.</para>
/// </remarks>
public static class BayesDetector
{
    /// <summary>Judges one week.</summary>
    /// <param name="observed">Weekly counts, NaN where missing.</param>
    /// <param name="week">Index of the week to judge.</param>
    /// <param name="window">The weeks to compare with.</param>
    /// <param name="alpha">Probability of a false alarm.</param>
    public static WindowResult Evaluate(ReadOnlySpan<double> observed, int week, WindowOptions window, double alpha = 0.05)
    {
        double[] past = [.. window.Values(observed, week).Where(y => !double.IsNaN(y))];
        if (past.Length == 0)
            return new(week, observed[week], double.NaN, 0, double.NaN);
        var n = (double)past.Length;
        var bound = CountDistribution.NegativeBinomial(past.Sum() + 0.5, n / (n + 1)).Quantile(1 - alpha, Normal.InvCDF(0, 1, 1 - alpha));
        return new(week, observed[week], past.Average(), past.Length, bound);
    }
}
