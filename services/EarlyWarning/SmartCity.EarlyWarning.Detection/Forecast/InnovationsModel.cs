namespace SmartCity.EarlyWarning.Detection;

/// <summary>How the trend enters a forecast.</summary>
public enum TrendKind
{
    /// <summary>No trend.</summary>
    None,

    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>A line that flattens out.</summary>
    Damped,
}

/// <summary>Exponential smoothing whose start is estimated together with its parameters, so that it forecasts from the first value on.</summary>
/// <remarks>
/// <para>ŷ = l + φb + s, or (l + φb)·s. With the error e: l' = l + φb + α·e/s, b' = φb + β·e/s, s' = s + γ·e/(l + φb) (without the divisors for additive or no season).
/// φ = 1 unless damped.</para>
/// <para>Least squares of the one-step errors over α, β, γ, φ and the states before the first value. R's <c>ets</c> maximises a likelihood over the same recursions,
/// so its sum of squares is not smaller. A missing value (NaN) has error 0.</para>
/// <para>Source: Hyndman, Koehler, Ord, Snyder (2008), Forecasting with Exponential Smoothing.</para>
/// </remarks>
public sealed class InnovationsModel
{
    private const int Weights = 4;

    private InnovationsModel(double[] p, double[] fitted, double squares) =>
        (Alpha, Beta, Gamma, Damping, Fitted, SumOfSquaredErrors) = (p[0], p[1], p[2], p[3], fitted, squares);

    /// <summary>Weight of an error in the level.</summary>
    public double Alpha { get; }

    /// <summary>Weight of an error in the trend; 0 without trend.</summary>
    public double Beta { get; }

    /// <summary>Weight of an error in the season; 0 without season.</summary>
    public double Gamma { get; }

    /// <summary>φ; 1 where nothing is damped.</summary>
    public double Damping { get; }

    /// <summary>One-step forecast of every value.</summary>
    public IReadOnlyList<double> Fitted { get; }

    /// <summary>Sum of the squared one-step errors.</summary>
    public double SumOfSquaredErrors { get; }

    /// <summary>Fits by least squares, from several starts.</summary>
    /// <param name="series">The series, equally spaced; two periods at least.</param>
    /// <param name="trend">Kind of trend.</param>
    /// <param name="season">Kind of season.</param>
    /// <param name="period">Values in a season; used with a season only.</param>
    public static InnovationsModel FitBest(ReadOnlySpan<double> series, TrendKind trend, SeasonKind season, int period = 1)
    {
        var y = series.ToArray();
        var states = season == SeasonKind.None ? 0 : period;
        var (start, lower, upper) = Start(y, trend, season, states);
        (double[] Point, double SumOfSquares)? best = null;
        foreach (var alpha in (ReadOnlySpan<double>)[0.1, 0.5, 0.9])
        {
            start[0] = alpha;
            var found = LevenbergMarquardt.Minimise(start, lower, upper, (p, errors) => Run(y, p, season, states, errors), y.Length);
            if (best is null || found.SumOfSquares < best.Value.SumOfSquares)
                best = found;
        }

        var residuals = new double[y.Length];
        Run(y, best!.Value.Point, season, states, residuals);
        return new(best.Value.Point, [.. y.Select((v, t) => v - residuals[t])], best.Value.SumOfSquares);
    }

    /// <summary>α, β, γ, φ, level, trend, seasonal figures: first guess and bounds (equal bounds for what the model lacks).</summary>
    private static (double[] Start, double[] Lower, double[] Upper) Start(double[] y, TrendKind trend, SeasonKind season, int states)
    {
        var guess = HoltWintersStart.Of(y, new Smoothing(0.5, trend == TrendKind.None ? null : 0.1, season == SeasonKind.None ? null : 0.1), states, season);
        var size = y.Where(v => !double.IsNaN(v)).Select(Math.Abs).Max() * 10 + 1;
        var hasTrend = trend != TrendKind.None;
        var start = new double[Weights + 2 + states];
        double[] lower = new double[start.Length], upper = new double[start.Length];
        start[1] = hasTrend ? 0.01 : 0;
        upper[0] = 1;
        upper[1] = hasTrend ? 1 : 0;
        start[2] = states > 0 ? 0.01 : 0;
        upper[2] = states > 0 ? 1 : 0;
        (start[3], lower[3], upper[3]) = trend == TrendKind.Damped ? (0.95, 0.5, 1) : (1, 1, 1);
        (start[4], lower[4], upper[4]) = (guess.Level, -size, size);
        (start[5], lower[5], upper[5]) = hasTrend ? (guess.Trend, -size, size) : (0, 0, 0);
        for (var i = 0; i < states; i++)
            (start[6 + i], lower[6 + i], upper[6 + i]) = (guess.Season[i], -size, size);
        return (start, lower, upper);
    }

    private static void Run(double[] y, double[] p, SeasonKind kind, int states, double[] errors)
    {
        var (alpha, beta, gamma, damping, level, trend) = (p[0], p[1], p[2], p[3], p[4], p[5]);
        Span<double> season = states > 0 ? p.AsSpan(Weights + 2, states).ToArray() : [kind == SeasonKind.Multiplicative ? 1 : 0];
        var place = 0;
        for (var t = 0; t < y.Length; t++)
        {
            var s = season[place];
            var ahead = level + damping * trend;
            var multiplied = kind == SeasonKind.Multiplicative;
            var e = y[t] - (multiplied ? ahead * s : ahead + s);
            errors[t] = double.IsNaN(e) ? 0 : e;
            var scaled = multiplied ? errors[t] / s : errors[t];
            level = ahead + alpha * scaled;
            trend = damping * trend + beta * scaled;
            season[place] = s + gamma * (multiplied ? errors[t] / ahead : errors[t]);
            place = place + 1 == season.Length ? 0 : place + 1;
        }
    }
}
