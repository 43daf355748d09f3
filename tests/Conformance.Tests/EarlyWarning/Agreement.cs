using System.Globalization;

namespace SmartCity.Conformance.Tests.EarlyWarning;

/// <summary>Compares our columns with the reference's, row by row.</summary>
internal static class Agreement
{
    public const double Tolerance = 1e-9;

    /// <summary>What is left of a difference of two equal numbers: no digit of it agrees, nor needs to.</summary>
    private const double Nothing = 1e-13;

    /// <summary>The first difference of a file in words, or null.</summary>
    public static string? Compare(ReferenceTable reference, string rowName, Func<int, string, double> ours, double tolerance = Tolerance)
    {
        for (var row = 0; row < reference.Count; row++)
        {
            var key = (int)reference[row, rowName];
            foreach (var column in reference.Header)
            {
                if (column == rowName)
                    continue;
                double expected = reference[row, column], actual = ours(key, column);
                if (!Same(expected, actual, tolerance))
                    return string.Create(CultureInfo.InvariantCulture, $"{rowName}={key} {column}: expected {expected:R}, got {actual:R}");
            }
        }

        return null;
    }

    public static bool Same(double expected, double actual, double tolerance = Tolerance) =>
        double.IsNaN(expected) ? double.IsNaN(actual)
        : expected == actual || Math.Abs(expected - actual) <= Math.Max(Nothing, tolerance * Math.Max(Math.Abs(expected), Math.Abs(actual)));
}
