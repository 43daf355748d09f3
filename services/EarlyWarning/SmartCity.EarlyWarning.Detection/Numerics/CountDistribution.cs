using MathNet.Numerics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Poisson or negative binomial distribution of a count, exact to about 1e-13 in the tails too.</summary>
/// <remarks>
/// Probabilities of single counts follow Loader's saddle-point expansion (2000, "Fast and accurate computation of binomial
/// probabilities"), which loses no digits to large log-gammas; tails are sums along the recurrence p(k+1)/p(k).
/// MathNet's distributions give neither upper tails without 1−F nor quantiles of discrete distributions.
/// </remarks>
internal readonly struct CountDistribution
{
    /// <summary>Means that only a fit gone astray has; sums would take too long there, and the expansions have no error left.</summary>
    private const double Huge = 1e7;

    private readonly double _mean;
    private readonly double _size;
    private readonly double _probability;

    private CountDistribution(double mean, double size, double probability) => (_mean, _size, _probability) = (mean, size, probability);

    public static CountDistribution Poisson(double mean) => new(mean, double.PositiveInfinity, 1);

    /// <summary>Failures before the size-th success; size need not be whole.</summary>
    public static CountDistribution NegativeBinomial(double size, double probability) =>
        new(size * (1 - probability) / probability, size, probability);

    /// <summary>Mean µ and variance φµ; Poisson for φ = 1.</summary>
    public static CountDistribution Overdispersed(double mean, double dispersion) =>
        dispersion > 1 ? NegativeBinomial(mean / (dispersion - 1), 1 / dispersion) : Poisson(mean);

    private bool IsPoisson => double.IsPositiveInfinity(_size);

    public double Probability(double count) =>
        IsPoisson ? SaddlePoint.Poisson(count, _mean)
        : count == 0 ? Math.Exp(_size * Math.Log(_probability))
        : _size / (_size + count) * SaddlePoint.Binomial(_size, _size + count, _probability, 1 - _probability);

    /// <summary>P(X ≤ count).</summary>
    public double AtMost(double count)
    {
        if (count < 0)
            return 0;
        return count < _mean ? SumDown(count) : 1 - SumUp(count + 1);
    }

    /// <summary>P(X ≥ count).</summary>
    public double AtLeast(double count)
    {
        if (double.IsNaN(count))
            return double.NaN;
        if (count <= 0)
            return 1;
        if (_mean > Huge)
            return 0.5 * SpecialFunctions.Erfc((count - 0.5 - _mean) / Math.Sqrt(2 * Variance));
        return count > _mean ? SumUp(count) : 1 - SumDown(count - 1);
    }

    /// <summary>The smallest count x with P(X ≤ x) ≥ p.</summary>
    /// <param name="p">Level.</param>
    /// <param name="z">Normal quantile of the same level, for a start close to the answer.</param>
    public double Quantile(double p, double z)
    {
        if (_mean == 0)
            return 0;
        var x = CornishFisher(z);
        if (_mean > Huge)
            return x;
        var cumulated = AtMost(x);
        var term = Probability(x);
        // Levels like 0.95 are not exact in binary: the same small tolerance as R's quantiles use.
        var level = p * (1 - 64 * 2.2e-16);
        while (cumulated < level && term > 0)
        {
            term *= Ratio(x);
            x++;
            cumulated += term;
        }

        while (x > 0 && cumulated - term >= level)
        {
            cumulated -= term;
            x--;
            term /= Ratio(x);
        }

        return x;
    }

    private double Variance => _mean / _probability;

    /// <summary>The quantile by four cumulants; the distance to the true count goes to zero as the mean grows.</summary>
    private double CornishFisher(double z)
    {
        var sigma = Math.Sqrt(Variance);
        var skewness = (2 - _probability) / _probability / sigma;
        var excess = (IsPoisson ? 1 : 1 + 6 * (1 - _probability) / (_probability * _probability)) / Variance;
        var quantile = z + skewness * (z * z - 1) / 6 + excess * z * (z * z - 3) / 24 - skewness * skewness * z * (2 * z * z - 5) / 36;
        return Math.Max(0, Math.Ceiling(_mean + sigma * quantile - 0.5));
    }

    /// <summary>p(k+1)/p(k).</summary>
    private double Ratio(double k) => IsPoisson ? _mean / (k + 1) : (k + _size) / (k + 1) * (1 - _probability);

    private double SumUp(double count)
    {
        double term = Probability(count), sum = term;
        for (var k = count; term > sum * 1e-17; k++)
            sum += term *= Ratio(k);
        return sum;
    }

    private double SumDown(double count)
    {
        double term = Probability(count), sum = term;
        for (var k = count; k > 0 && term > sum * 1e-17; k--)
            sum += term /= Ratio(k - 1);
        return sum;
    }
}
