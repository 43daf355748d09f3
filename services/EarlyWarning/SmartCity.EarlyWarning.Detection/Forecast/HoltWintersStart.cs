namespace SmartCity.EarlyWarning.Detection;

/// <summary>States before the first forecast, as R's <c>HoltWinters</c> takes them from the first values.</summary>
/// <param name="First">Index of the first value that is forecast.</param>
/// <param name="Level">Level before it.</param>
/// <param name="Trend">Trend before it.</param>
/// <param name="Season">Seasonal figures, beginning with that of the first value that is forecast; a single 0 without season.</param>
internal sealed record HoltWintersStart(int First, double Level, double Trend, double[] Season)
{
    private const int Periods = 2;

    public static HoltWintersStart Of(ReadOnlySpan<double> series, Smoothing smoothing, int period, SeasonKind kind)
    {
        if (kind != SeasonKind.None)
            return Seasonal(series, smoothing.Beta is not null, period, kind == SeasonKind.Multiplicative);
        if (series.Length < 3)
            throw new ArgumentException("At least three values.", nameof(series));
        return smoothing.Beta is null ? new(1, series[0], 0, [0]) : new(2, series[1], series[1] - series[0], [0]);
    }

    private static HoltWintersStart Seasonal(ReadOnlySpan<double> series, bool trend, int period, bool multiplicative)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 2);
        if (series.Length < Periods * period)
            throw new ArgumentException("At least two periods.", nameof(series));

        var average = MovingAverage(series[..(Periods * period)], period);
        var figure = new double[period];
        for (var i = 0; i < period; i++)
        {
            double sum = 0;
            var count = 0;
            for (var t = i; t < average.Length; t += period)
            {
                if (double.IsNaN(average[t]))
                    continue;
                sum += multiplicative ? series[t] / average[t] : series[t] - average[t];
                count++;
            }

            figure[i] = sum / count;
        }

        var mean = figure.Average();
        for (var i = 0; i < period; i++)
            figure[i] = multiplicative ? figure[i] / mean : figure[i] - mean;

        var (intercept, slope) = Line([.. average.Where(a => !double.IsNaN(a))]);
        return new(period, intercept, trend ? slope : 0, figure);
    }

    /// <summary>Centred over one period (half weights at both ends if it is even); NaN where it does not fit in.</summary>
    private static double[] MovingAverage(ReadOnlySpan<double> series, int period)
    {
        var result = new double[series.Length];
        var half = period / 2;
        for (var t = 0; t < series.Length; t++)
        {
            double sum = t < half || t + half >= series.Length ? double.NaN : 0;
            for (var i = -half; i <= half && !double.IsNaN(sum); i++)
                sum += series[t + i] * (period % 2 == 0 && Math.Abs(i) == half ? 0.5 : 1);
            result[t] = sum / period;
        }

        return result;
    }

    /// <summary>Least squares through (1, y1), (2, y2), …</summary>
    private static (double Intercept, double Slope) Line(double[] y)
    {
        double n = y.Length, meanX = (n + 1) / 2, meanY = y.Average();
        double slope = y.Select((v, i) => (i + 1 - meanX) * (v - meanY)).Sum() / (n * (n * n - 1) / 12);
        return (meanY - slope * meanX, slope);
    }
}
