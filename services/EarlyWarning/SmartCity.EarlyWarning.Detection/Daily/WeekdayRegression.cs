using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Expectation of a day from weekday and trend of the last weeks, for daily counts that a week shapes (surgeries closed on Sunday).</summary>
/// <remarks>
/// <para>y = a(weekday) + b·t over the baseline of n days that ends g days before; expected = max(0, forecast), σ = √(RSS/(n−8))·√((n+7)(n−4)/(n(n−7))),
/// not below 0.01/t(0.95; n−8); p from Student's t with n−8 degrees of freedom. The baseline grows from 11 to B days.</para>
/// <para>Missing days are left out; fewer than 11 present days, or a weekday that never occurs: no answer. Source: CDC's ESSENCE, R package Rnssp <c>alert_regression</c>.</para>
/// </remarks>
public static class WeekdayRegression
{
    internal const int MinBaseline = 11;
    private const int Weekdays = 7;

    /// <summary>Judges one day.</summary>
    /// <param name="observed">Values by consecutive day, NaN where missing.</param>
    /// <param name="day">Index of the day to judge.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    public static DailyResult Evaluate(ReadOnlySpan<double> observed, int day, DailyOptions? options = null)
    {
        options ??= new();
        options.Validate();
        var end = day - options.Gap;
        var start = Math.Max(0, end - options.Baseline);
        Span<double> sumY = stackalloc double[Weekdays], sumT = stackalloc double[Weekdays], days = stackalloc double[Weekdays];
        for (var t = start; t < end; t++)
        {
            if (double.IsNaN(observed[t]))
                continue;
            sumY[t % Weekdays] += observed[t];
            sumT[t % Weekdays] += t;
            days[t % Weekdays]++;
        }

        double n = 0;
        foreach (var count in days)
            n += count;
        if (n < MinBaseline || days.Contains(0))
            return DailyResult.None(day, observed[day]);

        double cross = 0, spread = 0, total = 0;
        for (var t = start; t < end; t++)
        {
            if (double.IsNaN(observed[t]))
                continue;
            var g = t % Weekdays;
            cross += (t - sumT[g] / days[g]) * (observed[t] - sumY[g] / days[g]);
            spread += (t - sumT[g] / days[g]) * (t - sumT[g] / days[g]);
            total += observed[t] / n;
        }

        var slope = cross / spread;
        double residual = 0, about = 0;
        for (var t = start; t < end; t++)
        {
            if (double.IsNaN(observed[t]))
                continue;
            var g = t % Weekdays;
            var fitted = sumY[g] / days[g] + slope * (t - sumT[g] / days[g]);
            residual += (observed[t] - fitted) * (observed[t] - fitted);
            about += (observed[t] - total) * (observed[t] - total);
        }

        var freedom = n - 8;
        var today = day % Weekdays;
        var expected = Math.Max(0, sumY[today] / days[today] + slope * (day - sumT[today] / days[today]));
        var sigma = Math.Max(Math.Sqrt(residual / freedom) * Math.Sqrt((n + 7) * (n - 4) / (n * (n - 7))), 0.01 / StudentT.InvCDF(0, 1, freedom, 0.95));
        var statistic = (observed[day] - expected) / sigma;
        var p = double.IsNaN(statistic) ? double.NaN : StudentT.CDF(0, 1, freedom, -statistic);
        var fit = about == 0 ? 0 : 1 - residual / about * (n - 1) / freedom;
        return new(day, observed[day], expected, sigma, statistic, p, fit, DailyDetector.WeekdayRegression, p < options.Alpha);
    }
}
