namespace SmartCity.EarlyWarning.Detection;

/// <summary>Weighted least squares of an intercept for each block and, if wanted, one slope over time, in closed form.</summary>
/// <remarks>With block means of time, the slope is Σ w(t − t̄)z / Σ w(t − t̄)² over all blocks, and each intercept follows from it. Times are small numbers around 0, so the differences of sums keep their digits.</remarks>
internal sealed class BlockEquations(int blocks)
{
    private readonly double[] _weight = new double[blocks];
    private readonly double[] _working = new double[blocks];
    private readonly double[] _time = new double[blocks];
    private readonly double[] _solvedWeight = new double[blocks];
    private readonly double[] _centre = new double[blocks];
    private readonly double[] _intercept = new double[blocks];
    private double _squaredTime;
    private double _timeTimesWorking;

    public double Slope { get; private set; }

    /// <summary>Σ w(t − t̄)², the inverse of the slope's variance at dispersion 1.</summary>
    public double Spread { get; private set; }

    /// <summary>Blocks with any weight.</summary>
    public int Used { get; private set; }

    public double Intercept(int block) => _intercept[block];

    /// <summary>Variance of the linear predictor at dispersion 1; infinite for a block without weight.</summary>
    public double Variance(int block, double time, bool trend)
    {
        var distance = time - _centre[block];
        return 1 / _solvedWeight[block] + (trend ? distance * distance / Spread : 0);
    }

    public void Clear()
    {
        Array.Clear(_weight);
        Array.Clear(_working);
        Array.Clear(_time);
        _squaredTime = _timeTimesWorking = 0;
    }

    public void Take(int block, in Sums sums)
    {
        _weight[block] += sums.Weight;
        _working[block] += sums.Working;
        _time[block] += sums.Time;
        _squaredTime += sums.SquaredTime;
        _timeTimesWorking += sums.TimeTimesWorking;
    }

    public void Solve(bool trend)
    {
        double numerator = _timeTimesWorking, spread = _squaredTime;
        Used = 0;
        for (var g = 0; g < blocks; g++)
        {
            _solvedWeight[g] = _weight[g];
            if (_weight[g] == 0)
                continue;
            Used++;
            _centre[g] = _time[g] / _weight[g];
            numerator -= _centre[g] * _working[g];
            spread -= _centre[g] * _time[g];
        }

        Spread = spread;
        Slope = trend ? numerator / spread : 0;
        for (var g = 0; g < blocks; g++)
            _intercept[g] = _weight[g] == 0 ? 0 : _working[g] / _weight[g] - Slope * _centre[g];
    }

    /// <summary>Sums of one run of weeks, kept in registers.</summary>
    internal struct Sums
    {
        public double Weight;
        public double Working;
        public double Time;
        public double SquaredTime;
        public double TimeTimesWorking;

        /// <param name="weight">Weight of a week.</param>
        /// <param name="working">Weight times working response.</param>
        /// <param name="time">Its time.</param>
        public void Add(double weight, double working, double time)
        {
            Weight += weight;
            Working += working;
            Time += weight * time;
            SquaredTime += weight * time * time;
            TimeTimesWorking += working * time;
        }
    }
}
