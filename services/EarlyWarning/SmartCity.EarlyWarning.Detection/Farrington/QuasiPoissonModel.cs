namespace SmartCity.EarlyWarning.Detection;

/// <summary>
/// Quasi-Poisson regression with log link on seasonal blocks and, if wanted, a linear time trend: log µ = a(block) + b·t.
/// Fitted as R's <c>glm.fit</c> does it: from µ = y + 0.1, at most 25 steps, until the deviance changes by less than 1e-8 of itself.
/// </summary>
/// <remarks>
/// The normal equations of blocks and one slope are solved in closed form, and within a run of consecutive weeks µ follows from the week
/// before by one multiplication: a step costs a few operations a week, no logarithm and no matrix.
/// R's stopping rule leaves µ some 1e-9 from the optimum, so reproducing its answers needs its path, including that standard errors and leverages
/// use the weights of the last step but one.
/// </remarks>
internal sealed class QuasiPoissonModel
{
    private const int MaxSteps = 25;
    private const double Epsilon = 1e-8;

    private readonly ReferenceWeeks _weeks;
    private readonly double[] _response;
    private readonly double[] _prior;
    private double[] _fitted;
    private double[] _before;
    private readonly BlockEquations _equations;

    public QuasiPoissonModel(ReferenceWeeks weeks)
    {
        _weeks = weeks;
        _response = new double[weeks.Count];
        _prior = new double[weeks.Count];
        _fitted = new double[weeks.Count];
        _before = new double[weeks.Count];
        _equations = new(weeks.Blocks);
    }

    public bool Converged { get; private set; }
    public bool HasTrend { get; private set; }
    public double Slope => _equations.Slope;
    public double LargestResponse { get; private set; }
    public int Present { get; private set; }
    public ReadOnlySpan<double> Weights => _prior;
    public ReadOnlySpan<double> Fitted => _fitted;
    public int DegreesOfFreedom => Present - _equations.Used - (HasTrend ? 1 : 0);

    /// <summary>Takes the counts of the reference weeks; missing ones get weight 0.</summary>
    public void Load(ReadOnlySpan<double> observed)
    {
        Present = 0;
        LargestResponse = 0;
        for (var i = 0; i < _response.Length; i++)
        {
            var y = observed[_weeks.Index[i]];
            var present = !double.IsNaN(y);
            _response[i] = present ? y : 0;
            Present += present ? 1 : 0;
            LargestResponse = Math.Max(LargestResponse, _response[i]);
        }
    }

    /// <summary>Weight 1 for every week that is not missing.</summary>
    public void ResetWeights(ReadOnlySpan<double> observed)
    {
        for (var i = 0; i < _prior.Length; i++)
            _prior[i] = double.IsNaN(observed[_weeks.Index[i]]) ? 0 : 1;
    }

    /// <summary>Weeks whose standardised Anscombe residual s is above the threshold get weight ∝ s⁻², the others ∝ 1; the weights sum to the number of weeks.</summary>
    public void Reweight(double threshold)
    {
        var dispersion = Math.Max(1, PearsonDispersion());
        double sum = 0;
        var residuals = _before;
        AnscombeResiduals(dispersion, residuals);
        for (var i = 0; i < _prior.Length; i++)
        {
            if (_prior[i] == 0)
                continue;
            var s = residuals[i];
            _prior[i] = s > threshold ? 1 / (s * s) : 1;
            sum += _prior[i];
        }

        for (var i = 0; i < _prior.Length; i++)
            _prior[i] *= Present / sum;
    }

    public void Fit(bool trend)
    {
        HasTrend = trend;
        Converged = false;
        var constant = Start(out var deviance);
        for (var step = 0; step < MaxSteps && !Converged; step++)
        {
            _equations.Solve(trend);
            (_before, _fitted) = (_fitted, _before);
            var next = constant + Update();
            if (!double.IsFinite(next))
                return;
            Converged = Math.Abs(next - deviance) / (Math.Abs(next) + 0.1) < Epsilon;
            deviance = next;
        }
    }

    /// <summary>Σ w r² / df with the working weights and residuals, not floored.</summary>
    public double PearsonDispersion()
    {
        double sum = 0;
        for (var i = 0; i < _fitted.Length; i++)
        {
            var r = (_response[i] - _fitted[i]) / _fitted[i];
            sum += _prior[i] * _before[i] * r * r;
        }

        return sum / DegreesOfFreedom;
    }

    /// <summary>The same sum with the outlier weights in the place of the working weights: what farringtonFlexible takes for the dispersion by mistake.</summary>
    public double MisweightedDispersion()
    {
        double sum = 0;
        for (var i = 0; i < _fitted.Length; i++)
        {
            var r = (_response[i] - _fitted[i]) / _fitted[i];
            sum += _prior[i] * r * r;
        }

        return sum / DegreesOfFreedom;
    }

    /// <summary>Slope over its standard error at dispersion 1.</summary>
    public double SlopeOverUnitError => Slope * Math.Sqrt(_equations.Spread);

    /// <summary>Linear predictor in a block at a time, and its variance at dispersion 1; infinite where every week of the block is missing.</summary>
    public (double Eta, double UnitVariance) Predict(int block, double time) =>
        (_equations.Intercept(block) + Slope * time, _equations.Variance(block, time, HasTrend));

    private double Start(out double deviance)
    {
        _equations.Clear();
        double constant = 0;
        deviance = 0;
        foreach (var run in _weeks.Runs)
        {
            var sums = default(BlockEquations.Sums);
            for (var i = run.Start; i < run.End; i++)
            {
                double y = _response[i], prior = _prior[i], mu = y + 0.1, eta = CountTables.LogPlusTenth(y);
                _fitted[i] = mu;
                sums.Add(prior * mu, prior * (mu * eta + y - mu), _weeks.Time[i]);
                var ylogy = prior * CountTables.TimesLog(y);
                constant += ylogy;
                deviance += ylogy - prior * (y * eta + y - mu);
            }

            _equations.Take(run.Block, sums);
        }

        (constant, deviance) = (2 * constant, 2 * deviance);
        return constant;
    }

    /// <summary>New µ, the sums for the next step, and the deviance without its constant part.</summary>
    private double Update()
    {
        _equations.Clear();
        double deviance = 0;
        var growth = Math.Exp(Slope);
        foreach (var run in _weeks.Runs)
        {
            var eta = _equations.Intercept(run.Block) + Slope * _weeks.Time[run.Start];
            var mu = Math.Exp(eta);
            var sums = default(BlockEquations.Sums);
            for (var i = run.Start; i < run.End; i++)
            {
                double y = _response[i], prior = _prior[i];
                _fitted[i] = Math.Max(mu, 2.2204460492503131e-16);
                var surplus = y - mu;
                sums.Add(prior * mu, prior * (mu * eta + surplus), _weeks.Time[i]);
                deviance -= prior * (y * eta + surplus);
                mu *= growth;
                eta += Slope;
            }

            _equations.Take(run.Block, sums);
        }

        return 2 * deviance;
    }

    /// <summary>s = 1.5 (y^⅔ µ^−⅙ − µ^½) / √(φ(1−h)); written over the weights that it needs.</summary>
    private void AnscombeResiduals(double dispersion, double[] residuals)
    {
        var growth = Math.Exp(Slope / 6);
        foreach (var run in _weeks.Runs)
        {
            var sixth = Math.Exp((_equations.Intercept(run.Block) + Slope * _weeks.Time[run.Start]) / 6);
            for (var i = run.Start; i < run.End; i++)
            {
                var leverage = _prior[i] * _before[i] * _equations.Variance(run.Block, _weeks.Time[i], HasTrend);
                var raw = 1.5 * (CountTables.TwoThirds(_response[i]) / sixth - sixth * sixth * sixth);
                residuals[i] = raw / Math.Sqrt(dispersion * (1 - leverage));
                sixth *= growth;
            }
        }
    }
}
