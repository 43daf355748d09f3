using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>The detector of Farrington et al. for weekly counts with some years of history.</summary>
/// <remarks>
/// <para>Baseline: weeks t−w … t+w around the anniversaries of the last b years. Model: quasi-Poisson, log µ = a + b·t, φ = max(1, Σ w r²/(n−p)).
/// Weeks with a standardised Anscombe residual s above the threshold (1) get weight ∝ s⁻² and the model is fitted again.
/// The trend stays only if p &lt; 0.05, b ≥ 3 and the prediction is not above the largest count of the baseline.</para>
/// <para>U = (µ^⅔ + z(1−α/2)·√(4/9·µ^⅓·(φ + se²/µ)))^(3/2): α is <b>two-sided</b>, as in R's <c>farrington</c>.</para>
/// <para>Fewer than 5 cases in the last 4 weeks: no alarm and no bound (R writes the bound 0). Reference weeks before the series are left out.</para>
/// <para>Source: Farrington, Andrews, Beale, Catchpole (1996), Journal of the Royal Statistical Society A 159. An instance is for one thread at a time.</para>
/// </remarks>
public sealed class Farrington1996
{
    private readonly FarringtonOptions _options;
    private readonly FarringtonFit _fit;
    private readonly double _z;

    /// <summary>A detector for series of one calendar.</summary>
    /// <param name="calendar">How the series' weeks correspond over the years.</param>
    /// <param name="options">Settings; <see cref="FarringtonOptions.Original"/> if left out. Periods, past weeks and kind of bound do not apply.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Farrington1996(SeasonCalendar calendar, FarringtonOptions? options = null)
    {
        // R's mistake is in farringtonFlexible only.
        _options = (options ?? FarringtonOptions.Original) with { Mode = ReferenceMode.Corrected };
        _options.Validate();
        _fit = new(_options, week => ReferenceWeeks.Windows(calendar, week, _options));
        _z = Normal.InvCDF(0, 1, 1 - _options.Alpha / 2);
    }

    /// <summary>Judges one week of a series by the weeks before it.</summary>
    /// <param name="observed">Weekly counts, NaN where missing.</param>
    /// <param name="week">Index of the week to judge.</param>
    public FarringtonResult Evaluate(ReadOnlySpan<double> observed, int week)
    {
        var y = observed[week];
        if (!_fit.Fit(observed, week, demandConvergence: false))
            return FarringtonResult.NoModel(week, y);

        var model = _fit.Model;
        var phi = Math.Max(1, model.PearsonDispersion());
        var (eta, variance) = model.Predict(_fit.Weeks.CurrentBlock, _fit.Weeks.Now);
        var mean = Math.Exp(eta);
        var bound = new DeltaBound(_options.Power, mean, phi, mean * Math.Sqrt(phi * variance));
        var upper = bound.Upper(_z);
        var score = (y - mean) / (upper - mean);
        var enough = _fit.EnoughCases(observed, week) ?? false;
        return new(week, y, mean, enough ? upper : double.NaN, phi, score, bound.PValue(y),
            model.HasTrend, Math.Exp(model.Slope), enough, enough && score > 1);
    }

    /// <summary>The weeks that the bound of a week rests on, with fitted means and weights; empty where there is no model.</summary>
    /// <param name="observed">Weekly counts, NaN where missing.</param>
    /// <param name="week">Index of the week.</param>
    public BaselineWeek[] Explain(ReadOnlySpan<double> observed, int week) =>
        _fit.Fit(observed, week, demandConvergence: false) ? _fit.Explain(observed) : [];
}
