namespace SmartCity.EarlyWarning.Detection;

/// <summary>R(t) over one window, as a gamma distribution.</summary>
/// <param name="FirstDay">Index of the window's first day.</param>
/// <param name="LastDay">Index of the window's last day.</param>
/// <param name="Cases">Local cases in the window.</param>
/// <param name="Infectiousness">Σ Λ(t) over the window: cases expected if R were 1.</param>
/// <param name="Shape">Shape of the posterior; NaN where there is no estimate.</param>
/// <param name="Scale">Scale of the posterior; NaN where there is no estimate.</param>
/// <param name="Reliable">Whether the cases suffice for a coefficient of variation of 0.3 (11 with the default prior).</param>
public readonly record struct ReproductionEstimate(
    int FirstDay, int LastDay, double Cases, double Infectiousness, double Shape, double Scale, bool Reliable)
{
    /// <summary>True if R could be estimated.</summary>
    public bool HasAnswer => !double.IsNaN(Shape);

    /// <summary>Posterior mean.</summary>
    public double Mean => Shape * Scale;

    /// <summary>Posterior standard deviation.</summary>
    public double StandardDeviation => Math.Sqrt(Shape) * Scale;

    /// <summary>Posterior quantile; the 95 % credible interval is from 0.025 to 0.975.</summary>
    /// <param name="p">Level between 0 and 1.</param>
    public double Quantile(double p) => HasAnswer ? Scale * GammaQuantile.Standard(Shape, p) : double.NaN;
}

/// <summary>The effective reproduction number over sliding windows.</summary>
/// <remarks>
/// <para>Λ(t) = Σ (s ≥ 1) w(s)·I(t−s); R | I ~ Gamma(a + Σ I_local, 1/(1/b + Σ Λ)), sums over the window, prior a = 1, b = 5.</para>
/// <para>No estimate for windows that end before the mean serial interval, and for windows in which a day is missing (NaN) or depends on a missing day.
/// The first day has no Λ; imported cases count in Λ, not in the numerator.</para>
/// <para>Source: Cori, Ferguson, Fraser, Cauchemez (2013), American Journal of Epidemiology 178; Thompson et al. (2019), Epidemics 29.</para>
/// </remarks>
public static class ReproductionNumber
{
    private const double WantedVariation = 0.3;

    /// <summary>Λ by day: NaN on the first day and where a day that it depends on is missing.</summary>
    /// <param name="incidence">New cases by day, imported ones included.</param>
    /// <param name="interval">The serial interval.</param>
    public static double[] Infectiousness(ReadOnlySpan<double> incidence, SerialInterval interval)
    {
        var lambda = new double[incidence.Length];
        for (var day = 0; day < lambda.Length; day++)
        {
            double sum = day == 0 ? double.NaN : 0;
            for (var s = 1; s <= day && s < interval.Weights.Count; s++)
                sum += interval.Weights[s] == 0 ? 0 : interval.Weights[s] * incidence[day - s];
            lambda[day] = sum;
        }

        return lambda;
    }

    /// <summary>R over every window of a length, the first from the second day.</summary>
    /// <param name="incidence">New cases by day, imported ones included; NaN where missing.</param>
    /// <param name="interval">The serial interval.</param>
    /// <param name="windowDays">Length of a window in days.</param>
    /// <param name="imported">Imported cases by day; none if left out.</param>
    public static ReproductionEstimate[] Estimate(
        ReadOnlySpan<double> incidence, SerialInterval interval, int windowDays = 7, ReadOnlySpan<double> imported = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(windowDays, 1);
        var lambda = Infectiousness(incidence, interval);
        var estimates = new ReproductionEstimate[Math.Max(0, incidence.Length - windowDays)];
        for (var i = 0; i < estimates.Length; i++)
            estimates[i] = Window(incidence, imported, lambda, interval, i + 1, i + windowDays);
        return estimates;
    }

    private static ReproductionEstimate Window(
        ReadOnlySpan<double> incidence, ReadOnlySpan<double> imported, double[] lambda, SerialInterval interval, int first, int last,
        double priorShape = 1, double priorScale = 5)
    {
        double cases = 0, infectiousness = 0;
        for (var day = first; day <= last; day++)
        {
            cases += incidence[day] - (imported.IsEmpty ? 0 : imported[day]);
            infectiousness += lambda[day];
        }

        // Days count from 1 in the condition of the source: before one mean interval nothing can be said.
        var known = last + 1 > interval.Mean && !double.IsNaN(cases) && !double.IsNaN(infectiousness);
        return new(first, last, cases, infectiousness,
            known ? priorShape + cases : double.NaN,
            known ? 1 / (1 / priorScale + infectiousness) : double.NaN,
            cases >= Math.Ceiling(1 / (WantedVariation * WantedVariation) - priorShape));
    }
}
