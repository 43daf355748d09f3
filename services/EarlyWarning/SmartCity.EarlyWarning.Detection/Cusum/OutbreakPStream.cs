namespace SmartCity.EarlyWarning.Detection;

/// <summary>The answer of <see cref="OutbreakPStream"/> for one value.</summary>
/// <param name="Day">Index of the value, 0 for the first.</param>
/// <param name="Observed">The count; NaN where it is missing.</param>
/// <param name="Statistic">Likelihood ratio of "rising" against "constant".</param>
/// <param name="Level">The latest level of the rising curve.</param>
/// <param name="Mean">The mean of all values so far.</param>
/// <param name="Alarm">Whether the statistic is above the limit; never for a missing value.</param>
public readonly record struct OutbreakPResult(int Day, double Observed, double Statistic, double Level, double Mean, bool Alarm);

/// <summary>Detects the onset of a rise without assuming its shape: isotonic regression against a constant mean.</summary>
/// <remarks>
/// <para>Statistic = Π (ŷ(i)/ȳ)^y(i), with ŷ the best non-decreasing fit (pool adjacent violators) and ȳ the mean of all values so far; alarm above k = 100.</para>
/// <para>R multiplies the factors one by one, so for large counts its product becomes 0 and then undefined. <see cref="ReferenceMode.RCompatible"/> does the same;
/// <see cref="ReferenceMode.Corrected"/> sums logarithms (the statistic may still be infinite).</para>
/// <para>Missing values (NaN) are left out. Source: Frisén, Andersson, Schiöler (2009), Statistics in Medicine 28. Not thread-safe.</para>
/// </remarks>
public sealed class OutbreakPStream(double limit = 100, ReferenceMode mode = ReferenceMode.Corrected)
{
    private readonly List<double> _counts = [];
    private readonly List<(double Sum, double Weight, double Mean)> _levels = [];
    private double _mean;
    private int _day;

    /// <summary>Takes the next count.</summary>
    /// <param name="observed">The count; NaN if it is missing.</param>
    public OutbreakPResult Next(double observed)
    {
        if (!double.IsNaN(observed))
            Add(observed);
        var statistic = _levels.Count == 0 ? double.NaN : mode == ReferenceMode.RCompatible ? Product() : Math.Exp(LogStatistic());
        var level = _levels.Count == 0 ? double.NaN : _levels[^1].Mean;
        return new(_day++, observed, statistic, level, _mean, !double.IsNaN(observed) && statistic > limit);
    }

    private void Add(double y)
    {
        _counts.Add(y);
        _mean += (y - _mean) / _counts.Count;
        (double Sum, double Weight, double Mean) last = (y, 1, y);
        while (_levels.Count > 0 && last.Mean <= _levels[^1].Mean)
        {
            var (sum, weight) = (last.Sum + _levels[^1].Sum, last.Weight + _levels[^1].Weight);
            last = (sum, weight, sum / weight);
            _levels.RemoveAt(_levels.Count - 1);
        }

        _levels.Add(last);
    }

    private double LogStatistic()
    {
        double sum = 0;
        foreach (var level in _levels)
            if (level.Sum > 0)
                sum += level.Sum * Math.Log(level.Mean / _mean);
        return sum;
    }

    private double Product()
    {
        double product = 1;
        var i = 0;
        foreach (var level in _levels)
        {
            var ratio = level.Mean == 0 && _mean == 0 ? 1 : level.Mean / _mean;
            for (var end = i + (int)level.Weight; i < end; i++)
                product *= Math.Pow(ratio, _counts[i]);
        }

        return product;
    }
}
