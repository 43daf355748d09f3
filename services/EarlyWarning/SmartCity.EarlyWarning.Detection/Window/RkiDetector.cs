namespace SmartCity.EarlyWarning.Detection;

/// <summary>The simple detector of the Robert Koch Institute: mean and two standard deviations, or a Poisson limit for small means.</summary>
/// <remarks>
/// <para>Mean m of the window above 20: U = m + 2·s. Otherwise U is the upper 95 % confidence limit of a Poisson mean after ⌊m⌋ events.</para>
/// <para>A missing week in the window: no answer (as in R). Source: R surveillance <c>algo.rki</c>; limits: Crow, Gardner (1959), Biometrika 46.</para>
/// </remarks>
public static class RkiDetector
{
    private static readonly double[] PoissonLimits =
    [
        3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
        19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
    ];

    /// <summary>Judges one week.</summary>
    /// <param name="observed">Weekly counts, NaN where missing.</param>
    /// <param name="week">Index of the week to judge.</param>
    /// <param name="window">The weeks to compare with.</param>
    public static WindowResult Evaluate(ReadOnlySpan<double> observed, int week, WindowOptions window)
    {
        var past = window.Values(observed, week);
        double mean = past.Length == 0 ? double.NaN : past.Average();
        var bound = double.IsNaN(mean) ? double.NaN
            : mean > 20 ? mean + 2 * Math.Sqrt(past.Sum(y => (y - mean) * (y - mean)) / (past.Length - 1))
            : PoissonLimits[(int)mean];
        return new(week, observed[week], mean, past.Length, bound);
    }
}
