namespace SmartCity.EarlyWarning.Detection;

/// <summary>Expected counts in control from a seasonal log-linear model, for the CUSUM and likelihood-ratio detectors.</summary>
/// <remarks>
/// <para>log µ(t) = β₀ [+ β₁·t] + Σ (s = 1…S) [γ(s)·cos(2πst/P) + δ(s)·sin(2πst/P)], t = 1 for the first training value.</para>
/// <para>Poisson, or negative binomial with variance µ + α·µ² and α estimated by alternating fits of mean and α (as MASS <c>glm.nb</c>, which R's
/// <c>algo.glrnb</c> uses). The iterations stop where R's stop.</para>
/// </remarks>
public sealed class SeasonalBaseline
{
    private readonly double[] _coefficients;
    private readonly bool _trend;
    private readonly double _period;

    private SeasonalBaseline(double[] coefficients, double alpha, bool trend, double period) =>
        (_coefficients, Alpha, _trend, _period) = (coefficients, alpha, trend, period);

    /// <summary>Overdispersion α; 0 for Poisson.</summary>
    public double Alpha { get; }

    /// <summary>Fits the model.</summary>
    /// <param name="training">Counts of the training period; missing ones (NaN) are left out.</param>
    /// <param name="overdispersed">Whether α is estimated; otherwise Poisson.</param>
    /// <param name="harmonics">Number S of harmonics.</param>
    /// <param name="trend">Whether there is a linear trend.</param>
    /// <param name="period">Values P in a season: 52 for weeks, 7 or 365.25 for days.</param>
    public static SeasonalBaseline Fit(
        ReadOnlySpan<double> training, bool overdispersed = false, int harmonics = 1, bool trend = false, double period = 52)
    {
        var rows = new List<double[]>();
        var counts = new List<double>();
        for (var i = 0; i < training.Length; i++)
        {
            if (double.IsNaN(training[i]))
                continue;
            rows.Add(Row(i + 1, harmonics, trend, period));
            counts.Add(training[i]);
        }

        double[][] design = [.. rows];
        double[] y = [.. counts];
        if (y.Length <= 1 + (trend ? 1 : 0) + 2 * harmonics)
            throw new ArgumentException("The training period is shorter than the model's parameters.", nameof(training));
        if (!overdispersed)
            return new(LogLinearModel.FitPoisson(design, y).Coefficients, 0, trend, period);
        var (fit, theta) = LogLinearModel.FitNegativeBinomial(design, y);
        return new(fit.Coefficients, 1 / theta, trend, period);
    }

    /// <summary>The mean at a time, where the first training value has time 1.</summary>
    public double Mean(double t)
    {
        var row = Row(t, (_coefficients.Length - (_trend ? 2 : 1)) / 2, _trend, _period);
        double eta = 0;
        for (var j = 0; j < row.Length; j++)
            eta += row[j] * _coefficients[j];
        return Math.Exp(eta);
    }

    private static double[] Row(double t, int harmonics, bool trend, double period)
    {
        var row = new List<double> { 1 };
        if (trend)
            row.Add(t);
        for (var s = 1; s <= harmonics; s++)
        {
            row.Add(Math.Cos(2 * s * Math.PI / period * t));
            row.Add(Math.Sin(2 * s * Math.PI / period * t));
        }

        return [.. row];
    }
}
