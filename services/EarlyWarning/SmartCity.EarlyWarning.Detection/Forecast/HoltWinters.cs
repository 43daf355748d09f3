namespace SmartCity.EarlyWarning.Detection;

/// <summary>How the season enters a forecast.</summary>
public enum SeasonKind
{
    /// <summary>No season.</summary>
    None,

    /// <summary>Added to the level.</summary>
    Additive,

    /// <summary>Multiplied with the level.</summary>
    Multiplicative,
}

/// <summary>Smoothing parameters, each from 0 to 1.</summary>
/// <param name="Alpha">Of the level.</param>
/// <param name="Beta">Of the trend; null for no trend.</param>
/// <param name="Gamma">Of the season; null for no season.</param>
public sealed record Smoothing(double Alpha, double? Beta = null, double? Gamma = null);

/// <summary>Exponential smoothing after Holt and Winters, for weekly or daily forecasts of what usually happens.</summary>
/// <remarks>
/// <para>Forecast ŷ(t) = l + b + s(t−p) (multiplicative: (l + b)·s(t−p)); then
/// l' = α·(y − s) + (1−α)·(l + b), b' = β·(l' − l) + (1−β)·b, s' = γ·(y − l') + (1−γ)·s (multiplicative with quotients).</para>
/// <para>Start as R's <c>stats::HoltWinters</c>: without season l = y(1) (with trend l = y(2), b = y(2) − y(1)); with season from the first two periods:
/// seasonal figures by centred moving averages, level and trend by a line through them.</para>
/// <para>A missing value (NaN) after the start leaves the states to the forecast. Source: Winters (1960), Management Science 6.</para>
/// </remarks>
public sealed class HoltWinters
{
    private readonly double[] _season;

    private HoltWinters(Smoothing smoothing, SeasonKind kind, double[] season, double[] fitted, double level, double trend, double squaredError, int errors, double errorMean)
    {
        (Smoothing, Kind, _season, Fitted, Level, Trend, SumOfSquaredErrors) = (smoothing, kind, season, fitted, level, trend, squaredError);
        ErrorVariance = errors > 1 ? (squaredError - errors * errorMean * errorMean) / (errors - 1) : double.NaN;
    }

    /// <summary>The parameters used.</summary>
    public Smoothing Smoothing { get; }

    /// <summary>The kind of season.</summary>
    public SeasonKind Kind { get; }

    /// <summary>One-step forecast of each value of the series; NaN for those that the start was taken from.</summary>
    public IReadOnlyList<double> Fitted { get; }

    /// <summary>Level after the last value.</summary>
    public double Level { get; }

    /// <summary>Trend per step after the last value; 0 without.</summary>
    public double Trend { get; }

    /// <summary>Sum of the squared one-step errors.</summary>
    public double SumOfSquaredErrors { get; }

    /// <summary>Variance of the one-step errors.</summary>
    public double ErrorVariance { get; }

    /// <summary>Smooths a series with given parameters.</summary>
    /// <param name="series">The series, equally spaced.</param>
    /// <param name="smoothing">Parameters.</param>
    /// <param name="period">Values in a season; used with a season only.</param>
    /// <param name="kind">Kind of season; must be None exactly where there is no γ.</param>
    public static HoltWinters Fit(ReadOnlySpan<double> series, Smoothing smoothing, int period = 1, SeasonKind kind = SeasonKind.None)
    {
        if ((kind == SeasonKind.None) != (smoothing.Gamma is null))
            throw new ArgumentException("A season needs gamma, and gamma needs a season.", nameof(smoothing));
        return Run(series, smoothing, kind, HoltWintersStart.Of(series, smoothing, period, kind));
    }

    /// <summary>Smooths a series with the parameters of least squared one-step error.</summary>
    /// <param name="series">The series, equally spaced.</param>
    /// <param name="trend">Whether there is a trend.</param>
    /// <param name="period">Values in a season; used with a season only.</param>
    /// <param name="kind">Kind of season.</param>
    public static HoltWinters FitBest(ReadOnlySpan<double> series, bool trend, int period = 1, SeasonKind kind = SeasonKind.None)
    {
        var values = series.ToArray();
        var start = HoltWintersStart.Of(series, Parameters([0, 0, 0]), period, kind);
        var best = NelderMead.InUnitCube(1 + (trend ? 1 : 0) + (kind == SeasonKind.None ? 0 : 1),
            point => Run(values, Parameters(point), kind, start).SumOfSquaredErrors);
        return Run(series, Parameters(best), kind, start);

        Smoothing Parameters(double[] p) => new(p[0], trend ? p[1] : null, kind == SeasonKind.None ? null : p[trend ? 2 : 1]);
    }

    /// <summary>Forecasts with prediction interval (normal errors).</summary>
    /// <param name="steps">Number of values to forecast.</param>
    /// <param name="coverage">Probability of the interval.</param>
    public Forecast[] Next(int steps, double coverage = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var z = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (1 + coverage) / 2);
        var result = new Forecast[steps];
        for (var h = 1; h <= steps; h++)
        {
            var season = Season(h);
            var mean = Kind == SeasonKind.Multiplicative ? (Level + h * Trend) * season : Level + h * Trend + season;
            double variance = 1;
            for (var j = 1; j < h; j++)
                variance += Math.Pow(Psi(j) * (Kind == SeasonKind.Multiplicative ? season / Season(h - j) : 1), 2);
            var half = z * Math.Sqrt(ErrorVariance * variance);
            result[h - 1] = new(h, mean, mean - half, mean + half);
        }

        return result;
    }

    /// <summary>Season of the h-th value to come; for h ≤ 0 of those before.</summary>
    private double Season(int h) => Kind == SeasonKind.None ? 0 : _season[((h - 1) % _season.Length + _season.Length) % _season.Length];

    /// <summary>Effect of an error on the forecast j steps later.</summary>
    private double Psi(int j) =>
        Smoothing.Alpha * (1 + j * (Smoothing.Beta ?? 0))
        + (Kind != SeasonKind.None && j % _season.Length == 0 ? Smoothing.Gamma!.Value * (1 - Smoothing.Alpha) : 0);

    private static HoltWinters Run(ReadOnlySpan<double> series, Smoothing smoothing, SeasonKind kind, HoltWintersStart start)
    {
        var (alpha, beta, gamma) = (smoothing.Alpha, smoothing.Beta ?? 0, smoothing.Gamma ?? 0);
        var (level, trend, season) = (start.Level, start.Trend, (double[])start.Season.Clone());
        var fitted = new double[series.Length];
        Array.Fill(fitted, double.NaN);
        double squares = 0, sum = 0;
        var (errors, place) = (0, 0);
        for (var t = start.First; t < series.Length; t++)
        {
            var s = season[place];
            var ahead = level + trend;
            fitted[t] = kind == SeasonKind.Multiplicative ? ahead * s : ahead + s;
            var y = double.IsNaN(series[t]) ? fitted[t] : series[t];
            if (!double.IsNaN(series[t]))
            {
                squares += (y - fitted[t]) * (y - fitted[t]);
                sum += y - fitted[t];
                errors++;
            }

            var before = level;
            level = alpha * (kind == SeasonKind.Multiplicative ? y / s : y - s) + (1 - alpha) * ahead;
            trend = beta * (level - before) + (1 - beta) * trend;
            season[place] = kind switch
            {
                SeasonKind.None => 0,
                SeasonKind.Additive => gamma * (y - level) + (1 - gamma) * s,
                SeasonKind.Multiplicative => gamma * (y / level) + (1 - gamma) * s,
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
            };
            place = place + 1 == season.Length ? 0 : place + 1;
        }

        double[] ordered = [.. season[place..], .. season[..place]];
        return new(smoothing, kind, ordered, fitted, level, trend, squares, errors, errors == 0 ? 0 : sum / errors);
    }
}

/// <summary>One forecast value.</summary>
/// <param name="Step">Steps after the last value, from 1.</param>
/// <param name="Mean">Expected value.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
public readonly record struct Forecast(int Step, double Mean, double Lower, double Upper);
