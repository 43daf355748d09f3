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
    private readonly double[] _weight;
    private readonly double[] _weighted;
    private readonly double[] _weightedTime;
    private readonly double[] _intercept;
    private readonly double[] _timeCentre;
    private readonly double[] _blockWeight;
    private double _squaredTime;
    private double _timeTimesWorking;
    private double _spread;
    private bool _trend;
    private int _usedBlocks;

    public QuasiPoissonModel(ReferenceWeeks weeks)
    {
        _weeks = weeks;
        _response = new double[weeks.Count];
        _prior = new double[weeks.Count];
        _fitted = new double[weeks.Count];
        _before = new double[weeks.Count];
        _weight = new double[weeks.Blocks];
        _weighted = new double[weeks.Blocks];
        _weightedTime = new double[weeks.Blocks];
        _intercept = new double[weeks.Blocks];
        _timeCentre = new double[weeks.Blocks];
        _blockWeight = new double[weeks.Blocks];
    }

    public bool Converged { get; private set; }
    public bool HasTrend => _trend;
    public double Slope { get; private set; }
    public double LargestResponse { get; private set; }
    public int Present { get; private set; }
    public ReadOnlySpan<double> Response => _response;
    public ReadOnlySpan<double> Weights => _prior;
    public ReadOnlySpan<double> Fitted => _fitted;
    public int DegreesOfFreedom => Present - _usedBlocks - (_trend ? 1 : 0);

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
        _trend = trend;
        Converged = false;
        var constant = Start(out var deviance);
        for (var step = 0; step < MaxSteps && !Converged; step++)
        {
            Solve();
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
    public double SlopeOverUnitError => Slope * Math.Sqrt(_spread);

    /// <summary>Linear predictor in a block at a time, and its variance at dispersion 1; infinite where every week of the block is missing.</summary>
    public (double Eta, double UnitVariance) Predict(int block, double time)
    {
        var distance = time - _timeCentre[block];
        var variance = 1 / _blockWeight[block] + (_trend ? distance * distance / _spread : 0);
        return (_intercept[block] + Slope * time, variance);
    }

    private double Start(out double deviance)
    {
        Clear();
        double constant = 0;
        deviance = 0;
        foreach (var run in _weeks.Runs)
        {
            var sums = default(RunSums);
            for (var i = run.Start; i < run.End; i++)
            {
                double y = _response[i], prior = _prior[i], mu = y + 0.1, eta = CountTables.LogPlusTenth(y);
                _fitted[i] = mu;
                sums.Add(prior * mu, prior * (mu * eta + y - mu), _weeks.Time[i]);
                var ylogy = prior * CountTables.TimesLog(y);
                constant += ylogy;
                deviance += ylogy - prior * (y * eta + y - mu);
            }

            Take(run.Block, sums);
        }

        (constant, deviance) = (2 * constant, 2 * deviance);
        return constant;
    }

    private void Solve()
    {
        double slopeNumerator = _timeTimesWorking, spread = _squaredTime;
        _usedBlocks = 0;
        for (var g = 0; g < _weight.Length; g++)
        {
            _blockWeight[g] = _weight[g];
            if (_weight[g] == 0)
                continue;
            _usedBlocks++;
            _timeCentre[g] = _weightedTime[g] / _weight[g];
            slopeNumerator -= _timeCentre[g] * _weighted[g];
            spread -= _timeCentre[g] * _weightedTime[g];
        }

        _spread = spread;
        Slope = _trend ? slopeNumerator / spread : 0;
        for (var g = 0; g < _weight.Length; g++)
            _intercept[g] = _weight[g] == 0 ? 0 : _weighted[g] / _weight[g] - Slope * _timeCentre[g];
    }

    /// <summary>New µ, the sums for the next step, and the deviance without its constant part.</summary>
    private double Update()
    {
        Clear();
        double deviance = 0;
        var growth = Math.Exp(Slope);
        foreach (var run in _weeks.Runs)
        {
            var eta = _intercept[run.Block] + Slope * _weeks.Time[run.Start];
            var mu = Math.Exp(eta);
            var sums = default(RunSums);
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

            Take(run.Block, sums);
        }

        return 2 * deviance;
    }

    private void Clear()
    {
        Array.Clear(_weight);
        Array.Clear(_weighted);
        Array.Clear(_weightedTime);
        _squaredTime = _timeTimesWorking = 0;
    }

    private void Take(int block, in RunSums sums)
    {
        _weight[block] += sums.Weight;
        _weighted[block] += sums.Working;
        _weightedTime[block] += sums.Time;
        _squaredTime += sums.SquaredTime;
        _timeTimesWorking += sums.TimeTimesWorking;
    }

    /// <summary>Sums of one run, kept in registers.</summary>
    private struct RunSums
    {
        public double Weight;
        public double Working;
        public double Time;
        public double SquaredTime;
        public double TimeTimesWorking;

        public void Add(double weight, double working, double time)
        {
            Weight += weight;
            Working += working;
            Time += weight * time;
            SquaredTime += weight * time * time;
            TimeTimesWorking += working * time;
        }
    }

    /// <summary>s = 1.5 (y^⅔ µ^−⅙ − µ^½) / √(φ(1−h)); written over the weights that it needs.</summary>
    private void AnscombeResiduals(double dispersion, double[] residuals)
    {
        var growth = Math.Exp(Slope / 6);
        foreach (var run in _weeks.Runs)
        {
            var centre = _timeCentre[run.Block];
            var perWeight = 1 / _blockWeight[run.Block];
            var perSpread = _trend ? 1 / _spread : 0;
            var sixth = Math.Exp((_intercept[run.Block] + Slope * _weeks.Time[run.Start]) / 6);
            for (var i = run.Start; i < run.End; i++)
            {
                var distance = _weeks.Time[i] - centre;
                var leverage = _prior[i] * _before[i] * (perWeight + distance * distance * perSpread);
                var raw = 1.5 * (CountTables.TwoThirds(_response[i]) / sixth - sixth * sixth * sixth);
                residuals[i] = raw / Math.Sqrt(dispersion * (1 - leverage));
                sixth *= growth;
            }
        }
    }
}
