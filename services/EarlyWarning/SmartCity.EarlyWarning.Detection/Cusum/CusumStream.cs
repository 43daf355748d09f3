namespace SmartCity.EarlyWarning.Detection;

/// <summary>The answer of <see cref="CusumStream"/> for one value.</summary>
/// <param name="Day">Index of the value, 0 for the first.</param>
/// <param name="Observed">The value; NaN where it is missing.</param>
/// <param name="Mean">The mean it was compared with.</param>
/// <param name="Standardised">Its distance from the mean after standardisation.</param>
/// <param name="Statistic">The sum S after this value.</param>
/// <param name="UpperBound">The smallest value that would have made S reach h (for <see cref="Standardisation.Poisson"/> rounded up), not below 0.</param>
/// <param name="Alarm">Whether S reached h; never for a missing value.</param>
public readonly record struct CusumResult(
    int Day, double Observed, double Mean, double Standardised, double Statistic, double UpperBound, bool Alarm);

/// <summary>One-sided cumulative sum for small lasting increases: S = max(0, S + standardised(x) − k), alarm when S ≥ h. Allocates nothing per value.</summary>
/// <remarks>
/// <para>With k = 1.04 and h = 2.26 the average run length is 500 in control and 7 at twice k (normal values).</para>
/// <para>A missing value (NaN) leaves the sum as it is. Not thread-safe.</para>
/// <para>Source: Rossi, Lampugnani, Marchi (1999), Statistics in Medicine 18; R surveillance <c>algo.cusum</c>.</para>
/// </remarks>
public sealed class CusumStream
{
    private readonly CusumOptions _options;
    private double _sum;
    private int _day;

    /// <summary>Starts at S = 0.</summary>
    /// <param name="options">Settings; the defaults if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public CusumStream(CusumOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>Takes the next value.</summary>
    /// <param name="observed">The value; NaN if it is missing.</param>
    /// <param name="mean">The mean in control, raised to <see cref="CusumOptions.MinMean"/>.</param>
    public CusumResult Next(double observed, double mean)
    {
        var m = Math.Max(mean, _options.MinMean);
        var bound = UpperBound(m, _options.H + _options.K - _sum);
        var standardised = Standardise(observed, m);
        if (!double.IsNaN(standardised))
            _sum = Math.Max(0, _sum + standardised - _options.K);
        var alarm = !double.IsNaN(standardised) && _sum >= _options.H;
        var result = new CusumResult(_day++, observed, m, standardised, _sum, bound, alarm);
        if (alarm && _options.ResetAfterAlarm)
            _sum = 0;
        return result;
    }

    private double Standardise(double x, double m) => _options.Standardisation switch
    {
        Standardisation.Poisson => (x - m) / Math.Sqrt(m),
        Standardisation.Rossi => (x - 3 * m + 2 * Math.Sqrt(x * m)) / (2 * Math.Sqrt(m)),
        Standardisation.Anscombe => 1.5 * (CountTables.TwoThirds(x) - CountTables.TwoThirds(m)) / Math.Pow(m, 1.0 / 6),
        _ => throw new ArgumentOutOfRangeException(nameof(x), _options.Standardisation, "Unknown standardisation."),
    };

    /// <summary>The standardisation inverted at the given distance.</summary>
    private double UpperBound(double m, double distance)
    {
        var root = Math.Sqrt(m);
        var bound = _options.Standardisation switch
        {
            Standardisation.Poisson => Math.Ceiling(root * distance + m),
            Standardisation.Rossi => 2 * root * distance + 5 * m - 2 * Math.Sqrt(4 * m * m + 2 * m * root * distance),
            Standardisation.Anscombe => Math.Pow(Math.Max(0, 2.0 / 3 * Math.Pow(m, 1.0 / 6) * distance + CountTables.TwoThirds(m)), 1.5),
            _ => throw new ArgumentOutOfRangeException(nameof(m), _options.Standardisation, "Unknown standardisation."),
        };
        return bound > 0 ? bound : 0;
    }
}
