using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Two exponentially weighted averages, one slow and one fast, against the mean of the last weeks; the more unusual one answers.</summary>
/// <remarks>
/// <para>z(t) = w·y(t) + (1−w)·z(t−1); statistic (z − m)/σ with m, s mean and standard deviation of the baseline of n days that ends g days before, and
/// σ = max(σ₀, s·√(w/(2−w) + 1/n − 2(1−w)^(g+1)·(1−(1−w)^n)/n) + c), σ₀ = (w/u)(0.01 + 0.05(1−w)²), c = (0.1289 − (0.2414 − 0.1826(1−w)⁴)·ln 0.5)·w/u,
/// u = t(0.95; n−1). p from Student's t with n−1 degrees of freedom. After an alarm z is clipped at the alarm limit, so that it does not echo.</para>
/// <para>The baseline grows from 7 to B days. Missing days are left out of it and leave z as it is. Source: CDC's ESSENCE, R package Rnssp <c>alert_ewma</c>.</para>
/// </remarks>
public sealed class DailyEwma
{
    private const int MinBaseline = 7;
    private const double ClipPValue = 0.01;

    private readonly DailyOptions _options;
    private readonly Queue<double> _recent = new();
    private double _slow = double.NaN;
    private double _fast = double.NaN;
    private int _day;

    /// <summary>Starts with an empty history.</summary>
    /// <param name="options">Settings; the defaults if left out.</param>
    public DailyEwma(DailyOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>Judges the next day.</summary>
    /// <param name="observed">The value; NaN if it is missing.</param>
    public DailyResult Next(double observed)
    {
        double[] baseline = [.. _recent.Take(_recent.Count - _options.Gap).Where(y => !double.IsNaN(y))];
        _recent.Enqueue(observed);
        if (_recent.Count > _options.Baseline + _options.Gap)
            _recent.Dequeue();

        _slow = Average(_slow, observed, _options.SlowWeight);
        _fast = Average(_fast, observed, _options.FastWeight);
        var day = _day++;
        if (double.IsNaN(observed) || baseline.Length < MinBaseline)
            return DailyResult.None(day, observed);
        var mean = baseline.Average();
        var deviation = Math.Sqrt(baseline.Sum(y => (y - mean) * (y - mean)) / (baseline.Length - 1));
        var slow = Test(ref _slow, _options.SlowWeight, mean, deviation, baseline.Length);
        var fast = Test(ref _fast, _options.FastWeight, mean, deviation, baseline.Length);
        var (statistic, sigma, p) = slow.PValue < fast.PValue ? slow : fast;
        return new(day, observed, mean, sigma, statistic, p, double.NaN, DailyDetector.Ewma, p < _options.Alpha);
    }

    private static double Average(double z, double y, double weight) =>
        double.IsNaN(y) ? z : double.IsNaN(z) ? y : weight * y + (1 - weight) * z;

    private (double Statistic, double Sigma, double PValue) Test(ref double z, double w, double mean, double deviation, int n)
    {
        var warning = StudentT.InvCDF(0, 1, n - 1, 0.95);
        var floor = w / warning * (0.01 + 0.05 * Math.Pow(1 - w, 2));
        var added = (0.1289 - (0.2414 - 0.1826 * Math.Pow(1 - w, 4)) * Math.Log(0.5)) * w / warning;
        var correction = Math.Sqrt(w / (2 - w) + 1.0 / n - 2 * Math.Pow(1 - w, _options.Gap + 1) * (1 - Math.Pow(1 - w, n)) / n);
        var sigma = Math.Max(floor, deviation * correction + added);
        var statistic = (z - mean) / sigma;
        var limit = StudentT.InvCDF(0, 1, n - 1, 1 - ClipPValue);
        if (Math.Abs(statistic) > limit)
            z = mean + Math.Sign(statistic) * limit * sigma;
        return (statistic, sigma, StudentT.CDF(0, 1, n - 1, -statistic));
    }
}
