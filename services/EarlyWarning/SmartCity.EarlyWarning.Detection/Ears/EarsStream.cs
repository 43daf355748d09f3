using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>EARS day by day: keeps the last days and answers each new one without allocating. See <see cref="Ears"/> for the formulas. Not thread-safe.</summary>
public sealed class EarsStream
{
    private readonly EarsOptions _options;
    private readonly double _z;
    private readonly int _gap;
    private readonly double[] _past;
    private int _day;
    private double _excess1 = double.NaN;
    private double _excess2 = double.NaN;

    /// <summary>Starts with an empty history.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public EarsStream(EarsOptions options)
    {
        options.Validate();
        _options = options;
        _z = Normal.InvCDF(0, 1, 1 - options.Alpha);
        _gap = options.Method == EarsMethod.C1 ? 0 : 2;
        _past = new double[options.Baseline + _gap];
        Array.Fill(_past, double.NaN);
    }

    /// <summary>Answers for the next day and takes its value into the history.</summary>
    /// <param name="observed">The day's value; NaN if it is missing.</param>
    public EarsResult Next(double observed)
    {
        var (mean, sigma, present) = Baseline();
        var carried = _options.Method == EarsMethod.C3 ? _excess2 + _excess1 : 0;
        var bound = _options.Method == EarsMethod.C3
            ? Math.Max(0, observed + sigma * (_z - carried))
            : mean + _z * sigma;
        var result = new EarsResult(
            _day, observed, _day - _gap - _options.Baseline, _day - _gap, present, mean, sigma, carried, bound);

        _excess2 = _excess1;
        _excess1 = double.IsNaN(observed) && _options.ToleratesGaps ? 0 : Math.Max(0, (observed - mean) / sigma - 1);
        _past[_day % _past.Length] = observed;
        _day++;
        return result;
    }

    private (double Mean, double Sigma, int Present) Baseline()
    {
        // Before the ring is full, its empty places are NaN and count as missing.
        var first = _day % _past.Length;
        double sum = 0;
        var present = 0;
        for (var i = 0; i < _options.Baseline; i++)
        {
            var y = At(first + i);
            if (double.IsNaN(y))
                continue;
            sum += y;
            present++;
        }

        if (present < _options.MinBaselineDays)
            return (double.NaN, double.NaN, present);

        var mean = sum / present;
        double squares = 0;
        for (var i = 0; i < _options.Baseline; i++)
        {
            var y = At(first + i);
            if (!double.IsNaN(y))
                squares += (y - mean) * (y - mean);
        }

        return (mean, Math.Max(Math.Sqrt(squares / (present - 1)), _options.MinSigma), present);
    }

    private double At(int place) => _past[place < _past.Length ? place : place - _past.Length];
}
