namespace SmartCity.EarlyWarning.Detection;

/// <summary>Weekday regression where the week explains the counts (adjusted R² at least 0.6), the moving average elsewhere.</summary>
/// <remarks>Source: CDC's ESSENCE, R package Rnssp <c>alert_switch</c>. Missing values never alarm.</remarks>
public static class DailySwitch
{
    /// <summary>Judges every day of a series.</summary>
    /// <param name="observed">Values by consecutive day, NaN where missing.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    public static DailyResult[] Detect(ReadOnlySpan<double> observed, DailyOptions? options = null)
    {
        options ??= new();
        var average = new DailyEwma(options);
        var results = new DailyResult[observed.Length];
        for (var day = 0; day < observed.Length; day++)
        {
            var ewma = average.Next(observed[day]);
            var regression = WeekdayRegression.Evaluate(observed, day, options);
            results[day] = regression.Fit >= options.RegressionFit ? regression : ewma;
        }

        return results;
    }
}
