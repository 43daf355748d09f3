using MathNet.Numerics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Applies a <see cref="SeriesRule"/>: judges a value by the last <see cref="Reach"/> values before it and nothing else, so that the same values always give the same answer.</summary>
/// <remarks>
/// <para>Detectors with a memory start anew for each value: the sums of <see cref="DetectorKind.Cusum"/> and <see cref="DetectorKind.LikelihoodRatio"/> run over the last 28 days against the mean
/// of the 56 days before (for the likelihood ratio with overdispersion α by moments, not below 0), the moving average over 57 days.</para>
/// <para>Values before the start of the series are missing (NaN), and what is missing is left out of every baseline. A baseline of the sums needs 28 days.</para>
/// <para>Not thread-safe: one judge per thread.</para>
/// </remarks>
public sealed class SeriesJudge
{
    private const int SumBaseline = 56;
    private const int SumRun = 28;
    private const int SmallestSumBaseline = 28;
    private const double SmallestMean = 0.1;

    private readonly SeriesRule _rule;
    private readonly EarsOptions? _ears;
    private readonly DailyOptions _daily;
    private readonly Farrington1996? _original;
    private readonly FarringtonFlexible? _flexible;
    private readonly double[] _window;

    /// <summary>A judge by one rule.</summary>
    /// <exception cref="ArgumentException">A parameter of the rule is out of its range.</exception>
    public SeriesJudge(SeriesRule rule)
    {
        if (rule.Fault() is { } fault)
            throw new ArgumentException($"{fault} is out of its range.", nameof(rule));
        _rule = rule;
        _daily = new DailyOptions { Alpha = rule.Alpha ?? 0.01 };
        var years = rule.Years ?? 5;
        switch (rule.Kind)
        {
            case DetectorKind.EarsC1 or DetectorKind.EarsC2 or DetectorKind.EarsC3:
                _ears = new EarsOptions((EarsMethod)(rule.Kind - DetectorKind.EarsC1));
                _ears = _ears with { Alpha = rule.Alpha ?? _ears.Alpha, MinSigma = rule.MinimumSigma ?? _ears.MinSigma };
                Reach = rule.Kind switch { DetectorKind.EarsC1 => 7, DetectorKind.EarsC2 => 9, _ => 11 };
                break;
            case DetectorKind.WeekdaySwitch:
                Reach = 2 * _daily.Baseline;
                break;
            case DetectorKind.Cusum or DetectorKind.LikelihoodRatio:
                Reach = SumBaseline + SumRun - 1;
                break;
            case DetectorKind.Farrington1996:
                _original = new(SeasonCalendar.Weekly, FarringtonOptions.Original with { Years = years, Alpha = rule.Alpha ?? FarringtonOptions.Original.Alpha });
                Reach = (52 * years) + FarringtonOptions.Original.HalfWindow;
                break;
            case DetectorKind.Noufaily:
                _flexible = new(SeasonCalendar.Weekly, FarringtonOptions.Noufaily with { Years = years, Alpha = rule.Alpha ?? FarringtonOptions.Noufaily.Alpha });
                Reach = (52 * years) + FarringtonOptions.Noufaily.HalfWindow;
                break;
            default:
                throw new ArgumentException("Unknown detector.", nameof(rule));
        }

        _window = new double[Reach + 1];
    }

    /// <summary>How many values before the one judged take part.</summary>
    public int Reach { get; }

    /// <summary>Judges one value.</summary>
    /// <param name="series">Values by day, or by week for the weekly detectors; NaN where missing.</param>
    /// <param name="at">Index of the value.</param>
    public Verdict Judge(ReadOnlySpan<double> series, int at)
    {
        var missing = Math.Max(0, Reach - at);
        _window.AsSpan(0, missing).Fill(double.NaN);
        series[(at - Reach + missing)..(at + 1)].CopyTo(_window.AsSpan(missing));
        var judged = Judge();
        return judged.Observed >= (_rule.MinimumCount ?? 0) ? judged : judged with { Alarm = false };
    }

    private Verdict Judge() => _rule.Kind switch
    {
        DetectorKind.EarsC1 or DetectorKind.EarsC2 or DetectorKind.EarsC3 => OfEars(),
        DetectorKind.WeekdaySwitch => OfSwitch(),
        DetectorKind.Cusum => OfSum(),
        DetectorKind.LikelihoodRatio => OfRatio(),
        DetectorKind.Farrington1996 => Of(_original!.Evaluate(_window, Reach)),
        DetectorKind.Noufaily => Of(_flexible!.Evaluate(_window, Reach)),
        _ => throw new InvalidOperationException("Unknown detector."),
    };

    private Verdict OfEars()
    {
        var stream = new EarsStream(_ears!);
        var result = default(EarsResult);
        foreach (var value in _window)
            result = stream.Next(value);
        return result.HasAnswer
            ? new(result.Observed, result.Mean, result.UpperBound, Score(result.Observed, result.Mean, result.UpperBound), UpperTail(result.Score), result.Alarm)
            : Verdict.None(result.Observed);
    }

    private Verdict OfSwitch()
    {
        var average = new DailyEwma(_daily);
        var ewma = default(DailyResult);
        foreach (var value in _window)
            ewma = average.Next(value);
        var regression = WeekdayRegression.Evaluate(_window, Reach, _daily);
        var result = regression.Fit >= _daily.RegressionFit ? regression : ewma;
        if (double.IsNaN(result.PValue))
            return Verdict.None(result.Observed);
        // The bound in counts, for the eye: the statistic at α is not known, so the excess is scaled by how far the p-value is on the way to α.
        var score = Math.Log(result.PValue) / Math.Log(_daily.Alpha);
        var bound = result.Expected + ((result.Observed - result.Expected) / score);
        return new(result.Observed, result.Expected, bound, result.Observed > result.Expected ? score : Math.Min(0, -score), result.PValue, result.Alarm);
    }

    private Verdict OfSum()
    {
        if (Mean() is not { } control)
            return Verdict.None(_window[^1]);
        var stream = new CusumStream(_rule.Limit is { } limit ? new CusumOptions { H = limit } : new());
        var result = default(CusumResult);
        for (var day = SumBaseline; day < _window.Length; day++)
            result = stream.Next(_window[day], control.Mean);
        return new(result.Observed, result.Mean, result.UpperBound, Score(result.Observed, result.Mean, result.UpperBound), double.NaN, result.Alarm);
    }

    private Verdict OfRatio()
    {
        if (Mean() is not { } control)
            return Verdict.None(_window[^1]);
        var stream = new LikelihoodRatioStream(_rule.Factor ?? 1.5, control.Alpha, _rule.Limit ?? 5);
        var result = default(LikelihoodRatioResult);
        for (var day = SumBaseline; day < _window.Length; day++)
            result = stream.Next(_window[day], control.Mean);
        return new(result.Observed, result.Mean, result.UpperBound, Score(result.Observed, result.Mean, result.UpperBound), double.NaN, result.Alarm);
    }

    private static Verdict Of(FarringtonResult result) => result.HasAnswer
        ? new(result.Observed, result.Expected, result.UpperBound, result.Score, result.PValue, result.Alarm)
        : Verdict.None(result.Observed);

    /// <summary>Mean and overdispersion of the days before those that are summed.</summary>
    private (double Mean, double Alpha)? Mean()
    {
        double sum = 0, squares = 0;
        var present = 0;
        for (var day = 0; day < SumBaseline; day++)
        {
            if (double.IsNaN(_window[day]))
                continue;
            sum += _window[day];
            squares += _window[day] * _window[day];
            present++;
        }

        if (present < SmallestSumBaseline)
            return null;
        var mean = sum / present;
        var variance = (squares - (present * mean * mean)) / (present - 1);
        return mean < SmallestMean ? (SmallestMean, 0) : (mean, Math.Max(0, (variance - mean) / (mean * mean)));
    }

    private static double Score(double observed, double expected, double bound) => bound > expected ? (observed - expected) / (bound - expected) : double.NaN;

    private static double UpperTail(double z) => double.IsNaN(z) ? double.NaN : 0.5 * SpecialFunctions.Erfc(z / Constants.Sqrt2);
}
