using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>What both Farrington detectors do: fit, re-weight, decide on the trend, and keep the reference weeks of a calendar between calls.</summary>
internal sealed class FarringtonFit(FarringtonOptions options, Func<int, ReferenceWeeks?> weeksOf)
{
    private readonly Dictionary<int, double> _significant = [];
    private ReferenceWeeks? _weeks;
    private QuasiPoissonModel? _model;
    private int _week = -1;

    public ReferenceWeeks Weeks => _weeks!;
    public QuasiPoissonModel Model => _model!;

    /// <summary>Fits the baseline of a week; false where there is no history for the season of the week, or no convergence.</summary>
    /// <param name="observed">The series.</param>
    /// <param name="week">The week to judge.</param>
    /// <param name="demandConvergence">Whether a first fit that did not converge is an answer.</param>
    public bool Fit(ReadOnlySpan<double> observed, int week, bool demandConvergence)
    {
        if (week != _week)
        {
            _week = week;
            _weeks = weeksOf(week);
            _model = _weeks is null ? null : new QuasiPoissonModel(_weeks);
        }

        if (_model is null)
            return false;
        _model.Load(observed);
        if (_model.Present < _weeks!.Blocks + 2 || !FitOnce(observed, options.Trend, demandConvergence))
            return false;
        var fitted = !_model.HasTrend || KeepsTrend() || FitOnce(observed, false, demandConvergence);
        return fitted && double.IsFinite(_model.Predict(_weeks.CurrentBlock, _weeks.Now).UnitVariance);
    }

    private bool FitOnce(ReadOnlySpan<double> observed, bool trend, bool demandConvergence)
    {
        _model!.ResetWeights(observed);
        _model.Fit(trend);
        if (!_model.Converged && trend)
            _model.Fit(trend: false);
        if (!_model.Converged && demandConvergence)
            return false;
        if (!options.Reweight)
            return true;
        _model.Reweight(options.WeightsThreshold);
        _model.Fit(_model.HasTrend);
        return true;
    }

    private bool KeepsTrend()
    {
        if (options.Years < 3)
            return false;
        var t = _model!.SlopeOverUnitError / Math.Sqrt(DispersionOfErrors());
        var (eta, _) = _model.Predict(_weeks!.CurrentBlock, _weeks.Now);
        return Math.Abs(t) > SignificantAt(_model.DegreesOfFreedom) && Math.Exp(eta) <= _model.LargestResponse;
    }

    /// <summary>The dispersion that standard errors are scaled with; R's farringtonFlexible takes a wrong one where it re-weights.</summary>
    public double DispersionOfErrors() =>
        options is { Mode: ReferenceMode.RCompatible, Reweight: true } ? _model!.MisweightedDispersion() : _model!.PearsonDispersion();

    private double SignificantAt(int degreesOfFreedom)
    {
        if (!_significant.TryGetValue(degreesOfFreedom, out var bound))
        {
            bound = options.TrendPValue >= 1 ? 0 : StudentT.InvCDF(0, 1, degreesOfFreedom, 1 - options.TrendPValue / 2);
            _significant[degreesOfFreedom] = bound;
        }

        return bound;
    }

    /// <summary>Cases of the last weeks reach the minimum; null where one of them is missing.</summary>
    public bool? EnoughCases(ReadOnlySpan<double> observed, int week)
    {
        double sum = 0;
        foreach (var y in observed[Math.Max(0, week - options.MinCasesWeeks + 1)..(week + 1)])
            sum += y;
        return double.IsNaN(sum) ? null : sum >= options.MinCases;
    }

    public BaselineWeek[] Explain(ReadOnlySpan<double> observed)
    {
        var weeks = new BaselineWeek[Weeks.Count];
        for (var i = 0; i < weeks.Length; i++)
            weeks[i] = new(Weeks.Index[i], Weeks.Block[i], observed[Weeks.Index[i]], Model.Fitted[i], Model.Weights[i]);
        return weeks;
    }
}
