using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>How unusual a count is against the whole history of its series.</summary>
/// <remarks>
/// Quasi-Poisson regression on trend and season (one harmonic), fitted three times with outliers (standardised Anscombe residual above 2.58) down-weighted by s⁻²,
/// so that past outbreaks do not hide new ones. The score is the normal quantile of 1 − P(X &gt; y) − ½P(X = y) with X negative binomial with the fitted mean and dispersion.
/// </remarks>
internal sealed class Exceedance
{
    private const double Outlier = 2.58;
    private const int Rounds = 3;
    private const double Extreme = 1e-12;

    private static readonly double Highest = -Normal.InvCDF(0, 1, Extreme);

    private readonly double[] _coefficients;

    private Exceedance(double[] coefficients, double dispersion) => (_coefficients, Dispersion) = (coefficients, dispersion);

    public double Dispersion { get; }

    /// <param name="history">Counts up to the last one to learn from; missing ones (NaN) are left out.</param>
    /// <param name="period">Values in a season.</param>
    /// <returns>Null where there are fewer counts than two seasons, or no case at all.</returns>
    public static Exceedance? Fit(ReadOnlySpan<double> history, double period)
    {
        var rows = new List<double[]>(history.Length);
        var counts = new List<double>(history.Length);
        for (var t = 0; t < history.Length; t++)
        {
            if (double.IsNaN(history[t]))
                continue;
            rows.Add(Row(t, period));
            counts.Add(history[t]);
        }

        if (counts.Count < 2 * period || counts.Sum() == 0)
            return null;
        double[][] design = [.. rows];
        double[] y = [.. counts], weight = [.. y.Select(_ => 1.0)];
        for (var round = 1; ; round++)
        {
            var model = LogLinearModel.FitPoisson(design, y, weight);
            var dispersion = Math.Max(1, Pearson(y, model.Fitted, weight) / (y.Length - design[0].Length));
            if (round == Rounds)
                return double.IsFinite(dispersion) ? new(model.Coefficients, dispersion) : null;
            Reweight(y, model.Fitted, dispersion, weight);
        }
    }

    public double Mean(int t, double period)
    {
        double eta = 0;
        var row = Row(t, period);
        for (var j = 0; j < row.Length; j++)
            eta += row[j] * _coefficients[j];
        return Math.Exp(eta);
    }

    /// <summary>The score of a count in standard deviations; NaN for a missing one.</summary>
    public double Score(double observed, double mean) => Score(observed, mean, Dispersion);

    /// <summary>The largest count whose score is below one that is needed; where no score reaches so far, a count with the highest.</summary>
    public static double LargestBelow(double score, double mean, double dispersion)
    {
        double low = 0, high = Math.Max(1, Math.Ceiling(mean));
        for (var reached = Score(high, mean, dispersion); reached < score; reached = Score(high, mean, dispersion))
        {
            if (reached >= Highest)
                return high;
            (low, high) = (high, 2 * high);
        }

        while (high - low > 1)
        {
            var middle = Math.Floor((low + high) / 2);
            (low, high) = Score(middle, mean, dispersion) < score ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static double Score(double observed, double mean, double dispersion)
    {
        if (double.IsNaN(observed))
            return double.NaN;
        var distribution = CountDistribution.Overdispersed(mean, dispersion);
        var atLeast = distribution.AtLeast(observed) - 0.5 * distribution.Probability(observed);
        return -Normal.InvCDF(0, 1, Math.Clamp(atLeast, Extreme, 1 - Extreme));
    }

    private static double[] Row(int t, double period) =>
        [1, t / 520.0, Math.Cos(2 * Math.PI * t / period), Math.Sin(2 * Math.PI * t / period)];

    private static double Pearson(double[] y, double[] mu, double[] weight)
    {
        double sum = 0;
        for (var i = 0; i < y.Length; i++)
            sum += weight[i] * (y[i] - mu[i]) * (y[i] - mu[i]) / mu[i];
        return sum;
    }

    private static void Reweight(double[] y, double[] mu, double dispersion, double[] weight)
    {
        double sum = 0;
        for (var i = 0; i < y.Length; i++)
        {
            var s = 1.5 * (CountTables.TwoThirds(y[i]) / Math.Pow(mu[i], 1.0 / 6) - Math.Sqrt(mu[i])) / Math.Sqrt(dispersion);
            weight[i] = s > Outlier ? 1 / (s * s) : 1;
            sum += weight[i];
        }

        for (var i = 0; i < y.Length; i++)
            weight[i] *= y.Length / sum;
    }
}
