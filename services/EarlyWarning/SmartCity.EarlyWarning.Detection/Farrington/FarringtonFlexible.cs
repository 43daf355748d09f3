using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Farrington's detector with the improvements of Noufaily et al.: seasonal blocks, recent weeks left out, negative binomial bounds.</summary>
/// <remarks>
/// <para>Baseline and model as <see cref="Farrington1996"/>, log µ = a(block) + b·t, with α <b>one-sided</b> and re-weighting above 2.58.
/// Bounds: see <see cref="FarringtonBound"/>; the negative binomial has mean µ and variance φµ (Poisson if φ = 1).</para>
/// <para>Fewer than 5 cases in the last 4 weeks, no convergence with and without trend, or an anniversary before the series: no bound. Missing weeks are left out.
/// A count of 0 never alarms.</para>
/// <para><b>Modes.</b> R's <c>farringtonFlexible</c> (1.20.3) overwrites the working weights with the outlier weights before it takes standard errors and the trend's p-value,
/// so both are scaled by Σ ω r²/df instead of φ, and for discrete bounds its score mixes log and count scale. <see cref="ReferenceMode.RCompatible"/> does the same;
/// <see cref="ReferenceMode.Corrected"/> (default) scales with φ and scores in counts.</para>
/// <para>Source: Noufaily et al. (2013), Statistics in Medicine 32; Salmon, Schumacher, Höhle (2016), Journal of Statistical Software 70(10). An instance is for one thread at a time.</para>
/// </remarks>
public sealed class FarringtonFlexible
{
    private readonly FarringtonOptions _options;
    private readonly FarringtonFit _fit;
    private readonly double _z;

    /// <summary>A detector for series of one calendar.</summary>
    /// <param name="calendar">How the series' weeks correspond over the years.</param>
    /// <param name="options">Settings; <see cref="FarringtonOptions.Noufaily"/> if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public FarringtonFlexible(SeasonCalendar calendar, FarringtonOptions? options = null)
    {
        _options = options ?? FarringtonOptions.Noufaily;
        _options.Validate();
        _fit = new(_options, week => ReferenceWeeks.WindowsAndSeasons(calendar, week, _options));
        _z = Normal.InvCDF(0, 1, 1 - _options.Alpha);
    }

    /// <summary>Judges one week of a series by the weeks before it.</summary>
    /// <param name="observed">Weekly counts, NaN where missing.</param>
    /// <param name="week">Index of the week to judge.</param>
    public FarringtonResult Evaluate(ReadOnlySpan<double> observed, int week)
    {
        var y = observed[week];
        if (!_fit.Fit(observed, week, demandConvergence: true))
            return FarringtonResult.NoModel(week, y);

        var model = _fit.Model;
        var phi = Math.Max(1, model.PearsonDispersion());
        var (eta, variance) = model.Predict(_fit.Weeks.CurrentBlock, _fit.Weeks.Now);
        var error = Math.Sqrt((_options.Mode == ReferenceMode.RCompatible ? _fit.DispersionOfErrors() : phi) * variance);
        var (upper, score, pValue) = _options.Bound == FarringtonBound.Delta
            ? Delta(y, eta, error, phi)
            : Discrete(y, eta, error, phi);
        var enough = _fit.EnoughCases(observed, week) ?? false;
        return new(week, y, Math.Exp(eta), enough ? upper : double.NaN, phi, score, pValue,
            model.HasTrend, Math.Exp(model.Slope), enough, enough && score > 1 && y > 0);
    }

    /// <summary>The weeks that the bound of a week rests on, with fitted means and weights; empty where there is no model.</summary>
    /// <param name="observed">Weekly counts, NaN where missing.</param>
    /// <param name="week">Index of the week.</param>
    public BaselineWeek[] Explain(ReadOnlySpan<double> observed, int week) =>
        _fit.Fit(observed, week, demandConvergence: true) ? _fit.Explain(observed) : [];

    private (double Upper, double Score, double PValue) Delta(double y, double eta, double error, double phi)
    {
        var mean = Math.Exp(eta);
        var bound = new DeltaBound(_options.Power, mean, phi, mean * error);
        var upper = bound.Upper(_z);
        return (upper, (y - mean) / (upper - mean), bound.PValue(y));
    }

    private (double Upper, double Score, double PValue) Discrete(double y, double eta, double error, double phi)
    {
        var mean = Math.Exp(_options.Bound == FarringtonBound.NegativeBinomialAtUpperMean ? eta + _z * error : eta);
        if (!double.IsFinite(mean))
            return (double.NaN, double.NaN, double.NaN);
        var distribution = CountDistribution.Overdispersed(mean, phi);
        var upper = distribution.Quantile(1 - _options.Alpha, _z);
        var centre = _options.Mode == ReferenceMode.RCompatible ? eta : Math.Exp(eta);
        return (upper, (y - centre) / (upper - centre), distribution.AtLeast(y));
    }
}
