using System.Globalization;

namespace Conformance.Tests.EarlyWarning;

/// <summary>Compares our numbers with the reference's.</summary>
internal static class Agreement
{
    public const double Relative = 1e-9;

    /// <summary>A log likelihood ratio is a small difference of sums in the thousands, in R as here: its last digits are noise.</summary>
    public const double LogRatioNoise = 1e-11;

    /// <summary>The first difference of a file in words, or null.</summary>
    /// <param name="reference">The file.</param>
    /// <param name="key">The column that says which row of ours to compare.</param>
    /// <param name="ours">Our value by key and column.</param>
    /// <param name="nothing">A difference that is none, as what is left of two equal numbers subtracted.</param>
    public static string? Miss(ReferenceTable reference, string key, Func<int, string, double> ours, double nothing = 1e-13)
    {
        for (var row = 0; row < reference.Count; row++)
        {
            var at = (int)reference[row, key];
            foreach (var column in reference.Header)
            {
                if (column == key)
                    continue;
                double expected = reference[row, column], actual = ours(at, column);
                if (!Same(expected, actual, nothing))
                    return string.Create(CultureInfo.InvariantCulture, $"{key}={at} {column}: expected {expected:R}, got {actual:R}");
            }
        }

        return null;
    }

    public static bool Same(double expected, double actual, double nothing = 1e-13) =>
        double.IsNaN(expected) ? double.IsNaN(actual)
        : expected == actual || Math.Abs(expected - actual) <= Math.Max(nothing, Relative * Math.Max(Math.Abs(expected), Math.Abs(actual)));
}
