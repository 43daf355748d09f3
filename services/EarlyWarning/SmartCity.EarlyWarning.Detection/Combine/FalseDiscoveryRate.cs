namespace SmartCity.EarlyWarning.Detection;

/// <summary>Multiple testing: which of many p-values to believe when a share q of the believed ones may be false.</summary>
/// <remarks>Benjamini, Hochberg (1995): the largest p(i), sorted ascending, with p(i) ≤ q·i/m. Missing p-values (NaN) are no tests.</remarks>
public static class FalseDiscoveryRate
{
    /// <summary>The largest p-value to believe; 0 if none is.</summary>
    /// <param name="pValues">The p-values of all tests.</param>
    /// <param name="q">Share of false ones that is accepted, between 0 and 1.</param>
    public static double Threshold(ReadOnlySpan<double> pValues, double q)
    {
        if (q is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(q), q, "A share between 0 and 1.");
        var sorted = pValues.ToArray();
        Array.Sort(sorted);
        // NaN sorts first.
        var missing = sorted.AsSpan().LastIndexOf(double.NaN) + 1;
        var tests = sorted.Length - missing;
        for (var i = tests; i > 0; i--)
            if (sorted[missing + i - 1] <= q * i / tests)
                return sorted[missing + i - 1];
        return 0;
    }
}
