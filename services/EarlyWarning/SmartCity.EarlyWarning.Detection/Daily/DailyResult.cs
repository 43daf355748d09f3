namespace SmartCity.EarlyWarning.Detection;

/// <summary>Which daily detector answered.</summary>
public enum DailyDetector
{
    /// <summary>None: too little history.</summary>
    None,

    /// <summary>Regression on weekday and trend.</summary>
    WeekdayRegression,

    /// <summary>Exponentially weighted moving average.</summary>
    Ewma,
}

/// <summary>Settings of <see cref="WeekdayRegression"/>, <see cref="DailyEwma"/> and <see cref="DailySwitch"/>; the defaults are those of the US syndromic surveillance programme.</summary>
public sealed record DailyOptions
{
    /// <summary>Longest baseline in days (B).</summary>
    public int Baseline { get; init; } = 28;

    /// <summary>Days between the baseline and the day that is judged (g).</summary>
    public int Gap { get; init; } = 2;

    /// <summary>Weight of the slower average, for gradual rises.</summary>
    public double SlowWeight { get; init; } = 0.4;

    /// <summary>Weight of the faster average, for sudden rises.</summary>
    public double FastWeight { get; init; } = 0.9;

    /// <summary>p-value below which a day alarms.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>Adjusted R² from which the regression answers instead of the average.</summary>
    public double RegressionFit { get; init; } = 0.6;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Baseline, WeekdayRegression.MinBaseline);
        ArgumentOutOfRangeException.ThrowIfNegative(Gap);
        foreach (var weight in (ReadOnlySpan<double>)[SlowWeight, FastWeight])
            if (weight is not (> 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(SlowWeight), weight, "A weight above 0, up to 1.");
        if (Alpha is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "A probability between 0 and 1.");
    }
}

/// <summary>The answer of a daily detector.</summary>
/// <param name="Day">Index of the day.</param>
/// <param name="Observed">The value; NaN where it is missing.</param>
/// <param name="Expected">Expected value; NaN without an answer.</param>
/// <param name="Sigma">Standard deviation that the excess is measured in; NaN without an answer.</param>
/// <param name="Statistic">Excess over <paramref name="Sigma"/>; NaN without an answer.</param>
/// <param name="PValue">Upper tail of Student's t; NaN without an answer.</param>
/// <param name="Fit">Adjusted R² of the regression; NaN for the average.</param>
/// <param name="Detector">Which detector answered.</param>
/// <param name="Alarm">Whether the p-value is below α; never for a missing value.</param>
public readonly record struct DailyResult(
    int Day, double Observed, double Expected, double Sigma, double Statistic, double PValue, double Fit, DailyDetector Detector, bool Alarm)
{
    internal static DailyResult None(int day, double observed) =>
        new(day, observed, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, DailyDetector.None, false);
}
