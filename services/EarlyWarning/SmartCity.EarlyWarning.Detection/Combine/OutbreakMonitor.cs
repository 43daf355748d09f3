using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Watches many weekly series together and groups their alarms into events.</summary>
/// <remarks>
/// <para>1. Each count is scored against the series' whole history (robust seasonal regression with trend, negative binomial).</para>
/// <para>2. The scores of this and the last week are combined, z = (z(t) + z(t−1))/√2 (Stouffer): outbreaks last longer than a week, chance does not.</para>
/// <para>3. An event starts where the combined p-value is below the Benjamini-Hochberg threshold of all tests of the last weeks and this week alone is
/// above its expectation by <see cref="OutbreakMonitorOptions.SmallestStart"/>: what one high week leaves in the sum is no start.</para>
/// <para>4. A running event goes on while the single week's p-value stays below <see cref="OutbreakMonitorOptions.ContinuationPValue"/>: what lingers in the sum of two weeks is no new alarm.</para>
/// <para>A missing count (NaN) has no score and no alarm; it neither ends an event nor starts one. Not thread-safe.</para>
/// </remarks>
public sealed class OutbreakMonitor
{
    private readonly OutbreakMonitorOptions _options;
    private readonly List<double>[] _history;
    private readonly Exceedance?[] _models;
    private readonly double[] _lastScore;
    private readonly int[] _eventStart;
    private readonly Queue<double[]> _pool = new();
    private readonly double _continues;

    /// <summary>Starts after a known history.</summary>
    /// <param name="history">Counts by series, all of the same length; NaN where missing.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    public OutbreakMonitor(IReadOnlyList<double[]> history, OutbreakMonitorOptions? options = null)
    {
        _options = options ?? new();
        if (history.Any(h => h.Length != history[0].Length))
            throw new ArgumentException("Histories of the same length.", nameof(history));
        _history = [.. history.Select(h => new List<double>(h))];
        _models = new Exceedance?[history.Count];
        _lastScore = new double[history.Count];
        _eventStart = new int[history.Count];
        Array.Fill(_eventStart, -1);
        _continues = -Normal.InvCDF(0, 1, _options.ContinuationPValue);
        Week = history.Count == 0 ? 0 : history[0].Length;
        Fit();
        for (var s = 0; s < history.Count; s++)
            _lastScore[s] = Week == 0 ? double.NaN : Score(s, Week - 1, _history[s][^1]).Score;
    }

    /// <summary>Index of the next week.</summary>
    public int Week { get; private set; }

    /// <summary>Judges the next week of all series.</summary>
    /// <param name="counts">One count for each series; NaN where missing.</param>
    public OutbreakSignal[] Next(ReadOnlySpan<double> counts)
    {
        if (counts.Length != _history.Length)
            throw new ArgumentException("One count for each series.", nameof(counts));
        if (Week % _options.RefitEvery == 0)
            Fit();

        var signals = new OutbreakSignal[counts.Length];
        for (var s = 0; s < counts.Length; s++)
            signals[s] = Test(s, counts[s]);
        var threshold = Pool([.. signals.Select(signal => signal.PValue)]);
        for (var s = 0; s < counts.Length; s++)
        {
            signals[s] = Decide(signals[s], threshold);
            _history[s].Add(counts[s]);
            _lastScore[s] = signals[s].Score;
        }

        Week++;
        return signals;
    }

    private OutbreakSignal Test(int series, double observed)
    {
        var (expected, score) = Score(series, Week, observed);
        var before = _lastScore[series];
        var combined = double.IsNaN(before) ? score : (score + before) / Constants.Sqrt2;
        var p = 0.5 * SpecialFunctions.Erfc(combined / Constants.Sqrt2);
        return new(series, Week, observed, expected, _models[series]?.Dispersion ?? double.NaN, score, combined, p, 0, double.NaN, -1, false);
    }

    private OutbreakSignal Decide(OutbreakSignal signal, double threshold)
    {
        ref var start = ref _eventStart[signal.Series];
        if (double.IsNaN(signal.Score))
            return signal with { Threshold = threshold, EventStart = start };
        var alarm = start >= 0 ? signal.Score > _continues : signal.Score > _options.SmallestStart && signal.PValue <= threshold;
        var needed = start >= 0 ? _continues : Math.Max(_options.SmallestStart, Alone(-Normal.InvCDF(0, 1, threshold), _lastScore[signal.Series]));
        start = alarm ? (start >= 0 ? start : signal.Week) : -1;
        return signal with { Threshold = threshold, Needed = needed, EventStart = start, Alarm = alarm };
    }

    /// <summary>The largest p-value to believe; where none is, the one that a single test would need.</summary>
    private double Pool(double[] pValues)
    {
        _pool.Enqueue(pValues);
        if (_pool.Count > _options.PooledWeeks)
            _pool.Dequeue();
        double[] pooled = [.. _pool.SelectMany(p => p).Where(p => !double.IsNaN(p))];
        return Math.Max(FalseDiscoveryRate.Threshold(pooled, _options.FalseDiscoveryShare), _options.FalseDiscoveryShare / Math.Max(1, pooled.Length));
    }

    /// <summary>What this week must score so that both weeks together have a score.</summary>
    private static double Alone(double combined, double before) => double.IsNaN(before) ? combined : (combined * Constants.Sqrt2) - before;

    private (double Expected, double Score) Score(int series, int week, double observed)
    {
        if (_models[series] is not { } model)
            return (double.NaN, double.NaN);
        var mean = model.Mean(week, _options.Period);
        return (mean, model.Score(observed, mean));
    }

    private void Fit() => Parallel.For(0, _history.Length, s =>
    {
        var known = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_history[s]);
        _models[s] = Exceedance.Fit(known[..Math.Max(0, known.Length - _options.PastWeeksExcluded)], _options.Period);
    });
}
