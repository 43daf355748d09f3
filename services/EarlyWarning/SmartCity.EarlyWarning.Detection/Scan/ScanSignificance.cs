namespace SmartCity.EarlyWarning.Detection;

/// <summary>p-values from the maxima of the replications.</summary>
internal sealed class ScanSignificance
{
    private const double Euler = 0.57721566490153286;
    private readonly double[] _sorted;
    private readonly double _scale;
    private readonly double _location;

    public ScanSignificance(double[] maxima)
    {
        _sorted = [.. maxima.Order()];
        if (maxima.Length < 2)
            return;
        var mean = maxima.Average();
        _scale = Math.Sqrt(6 * maxima.Sum(m => (m - mean) * (m - mean)) / (maxima.Length - 1)) / Math.PI;
        _location = mean - Euler * _scale;
    }

    /// <summary>Whether some replication was at least as extreme, so that the rank says more than "less than one in so many".</summary>
    public bool IsResolved(double statistic) => AtLeast(statistic) > 0;

    public double MonteCarlo(double statistic) => _sorted.Length == 0 ? double.NaN : (1.0 + AtLeast(statistic)) / (1 + _sorted.Length);

    /// <summary>1 − exp(−e^−u), without cancellation for small probabilities.</summary>
    public double Gumbel(double statistic)
    {
        if (_sorted.Length < 2)
            return double.NaN;
        var u = Math.Exp(-(statistic - _location) / _scale);
        return u < 1e-5 ? u * (1 - u / 2) : 1 - Math.Exp(-u);
    }

    /// <summary>The statistic whose Gumbel p-value is the given one.</summary>
    public double GumbelQuantile(double pValue) => _sorted.Length < 2 ? double.NaN : _location - (_scale * Math.Log(-Math.Log(1 - pValue)));

    /// <summary>Equal up to rounding counts as equal: the permutation model often repeats a statistic exactly.</summary>
    private int AtLeast(double statistic)
    {
        var bound = statistic - 1e-9 * Math.Abs(statistic);
        var (low, high) = (0, _sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle] < bound)
                low = middle + 1;
            else
                high = middle;
        }

        return _sorted.Length - low;
    }
}
