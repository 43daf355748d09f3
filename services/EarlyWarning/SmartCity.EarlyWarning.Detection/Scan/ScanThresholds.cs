namespace SmartCity.EarlyWarning.Detection;

/// <summary>Poisson log likelihood ratio of a cluster.</summary>
internal static class ScanLogRatio
{
    /// <summary>c·ln(c/E) + (C−c)·ln((C−c)/(C−E)) for c &gt; E, otherwise 0.</summary>
    public static double Of(double cases, double expected, double total)
    {
        if (cases <= expected)
            return 0;
        var inside = expected > 0 ? cases * Math.Log(cases / expected) : double.PositiveInfinity;
        return cases >= total ? inside : inside + (total - cases) * Math.Log((total - cases) / (total - expected));
    }
}

/// <summary>How many cases a cluster must have to beat a given statistic: so that the scan compares whole numbers, many at a time, and takes logarithms of the few that matter.</summary>
/// <remarks>Statistics are cut into levels and circles into classes of similar size; both are rounded so that no cluster that could win is passed over.</remarks>
internal sealed class ScanThresholds
{
    private const int Classes = 256;
    private const double Top = 32;

    private readonly short[] _least;
    private readonly double _step;
    private readonly int _levels;
    private readonly int _width;
    private readonly double[] _classLow = new double[Classes];

    public ScanThresholds(ScanExpectation expectation, int total, int minCases, int width)
    {
        _width = width;
        _step = expectation.WindowShare.Length > 256 ? 1 : 0.25;
        _levels = (int)(Top / _step) + 1;
        var (low, high) = Range(expectation);
        var ratio = Math.Pow(high / low, 1.0 / (Classes - 1));
        for (var c = 0; c < Classes; c++)
            _classLow[c] = low * Math.Pow(ratio, c) * (1 - 1e-9);
        ClassOf = [.. expectation.CircleLow.Select(sizes => sizes.Select(size =>
            (byte)Math.Clamp((int)(Math.Log(Math.Max(size, low) / low) / Math.Log(ratio) + 1e-9), 0, Classes - 1)).ToArray())];

        _least = new short[_levels * Classes * width];
        Array.Fill(_least, short.MaxValue);
        for (var c = 0; c < Classes; c++)
            for (var w = 0; w < expectation.WindowShare.Length; w++)
                FillLevels(c, w, expectation.WindowShare[w], total, minCases);
    }

    /// <summary>By centre and circle: size class.</summary>
    public byte[][] ClassOf { get; }

    public int Level(double statistic) => Math.Min((int)(statistic / _step), _levels - 1);

    /// <summary>By window: the largest number of cases that does not beat the level.</summary>
    public ReadOnlySpan<short> Row(int level, byte sizeClass) => _least.AsSpan((level * Classes + sizeClass) * _width, _width);

    private static (double Low, double High) Range(ScanExpectation expectation)
    {
        double low = double.MaxValue, high = 0;
        foreach (var size in expectation.CircleLow.SelectMany(sizes => sizes))
            if (size > 0)
                (low, high) = (Math.Min(low, size), Math.Max(high, size));
        return high == 0 ? (1, 2) : (low, Math.Max(high, low * 1.0001));
    }

    private void FillLevels(int sizeClass, int window, double share, int total, int minCases)
    {
        // Circles below the smallest positive size are in class 0 too: nothing is expected there, so any case may win.
        var expected = sizeClass == 0 ? 0 : _classLow[sizeClass] * share;
        var cases = Math.Max((int)expected + 1, minCases);
        for (var level = 0; level < _levels; level++)
        {
            while (cases <= total && ScanLogRatio.Of(cases, expected, total) < level * _step)
                cases++;
            _least[(level * Classes + sizeClass) * _width + window] = (short)Math.Min(cases - 1, short.MaxValue);
        }
    }
}
