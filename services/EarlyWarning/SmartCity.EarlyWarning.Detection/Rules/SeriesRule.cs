namespace SmartCity.EarlyWarning.Detection;

/// <summary>Which detector judges a series.</summary>
public enum DetectorKind
{
    /// <summary>EARS C1: see <see cref="Ears"/>. Daily.</summary>
    EarsC1,

    /// <summary>EARS C2. Daily.</summary>
    EarsC2,

    /// <summary>EARS C3. Daily.</summary>
    EarsC3,

    /// <summary>Weekday regression or moving average: see <see cref="DailySwitch"/>. Daily.</summary>
    WeekdaySwitch,

    /// <summary>Cumulative sum against the mean of the days before: see <see cref="CusumStream"/>. Daily.</summary>
    Cusum,

    /// <summary>Likelihood ratio against a given factor, negative binomial: see <see cref="LikelihoodRatioStream"/>. Daily.</summary>
    LikelihoodRatio,

    /// <summary>Farrington (1996): see <see cref="Detection.Farrington1996"/>. Weekly.</summary>
    Farrington1996,

    /// <summary>Noufaily et al. (2013): see <see cref="FarringtonFlexible"/>. Weekly.</summary>
    Noufaily,

    /// <summary>All areas together, with control of false discoveries: see <see cref="Detection.OutbreakMonitor"/>. Weekly.</summary>
    OutbreakMonitor,

    /// <summary>Clusters of neighbouring areas: see <see cref="Detection.SpaceTimeScan"/>, permutation model. Daily.</summary>
    SpaceTimeScan,
}

/// <summary>A detector with its parameters, as data: what is not given is the detector's default.</summary>
/// <param name="Kind">The detector.</param>
/// <param name="Alpha">Probability of a false alarm per value, 1e-9 to 0.5; <see cref="DetectorKind.OutbreakMonitor"/>: share of false ones among the alarms that start an event (0.25);
/// <see cref="DetectorKind.SpaceTimeScan"/>: per scan of all areas (1/365); not for <see cref="DetectorKind.Cusum"/> and <see cref="DetectorKind.LikelihoodRatio"/>.</param>
/// <param name="MinimumSigma">EARS: the standard deviation counts as at least this, 0 to 1,000,000.</param>
/// <param name="MinimumCount">A value below this never alarms, 0 to 1,000,000,000; 0 if left out. <see cref="DetectorKind.SpaceTimeScan"/>: cases of a cluster, at least 2.</param>
/// <param name="Years">Weekly detectors: years of history, 1 to 10; <see cref="DetectorKind.OutbreakMonitor"/> from 3, because it does not learn from the last half year.</param>
/// <param name="Factor">Likelihood ratio: the factor on the mean to detect, above 1, up to 100; 1.5 if left out.</param>
/// <param name="Limit">Limit of the sum of <see cref="DetectorKind.Cusum"/> (2.26) and <see cref="DetectorKind.LikelihoodRatio"/> (5), above 0, up to 1,000.</param>
public sealed record SeriesRule(
    DetectorKind Kind, double? Alpha = null, double? MinimumSigma = null, double? MinimumCount = null, int? Years = null, double? Factor = null, double? Limit = null)
{
    /// <summary>Days that one value of the series covers: 1, or 7 for the weekly detectors.</summary>
    public int DaysPerValue => Kind is DetectorKind.Farrington1996 or DetectorKind.Noufaily or DetectorKind.OutbreakMonitor ? 7 : 1;

    /// <summary>Whether a value is judged by those of all areas (<see cref="PanelJudge"/>), not by its own series alone (<see cref="SeriesJudge"/>).</summary>
    public bool JudgesTogether => Kind is DetectorKind.OutbreakMonitor or DetectorKind.SpaceTimeScan;

    /// <summary>How many values before the one judged take part.</summary>
    /// <exception cref="ArgumentException">A parameter is out of its range.</exception>
    public int Reach => JudgesTogether ? new PanelJudge(this, []).Reach : new SeriesJudge(this).Reach;

    /// <summary>The first parameter that is out of its range, or that the detector does not have; null if none is.</summary>
    public string? Fault()
    {
        var ears = Kind is DetectorKind.EarsC1 or DetectorKind.EarsC2 or DetectorKind.EarsC3;
        var sum = Kind is DetectorKind.Cusum or DetectorKind.LikelihoodRatio;
        return Alpha is { } alpha && (sum || !(alpha is >= 1e-9 and <= 0.5)) ? nameof(Alpha)
            : MinimumSigma is { } sigma && (!ears || !(sigma is >= 0 and <= 1e6)) ? nameof(MinimumSigma)
            : MinimumCount is { } count && !(count is >= 0 and <= 1e9) ? nameof(MinimumCount)
            : Years is { } years && (DaysPerValue == 1 || years > 10 || years < (Kind == DetectorKind.OutbreakMonitor ? 3 : 1)) ? nameof(Years)
            : Factor is { } factor && (Kind != DetectorKind.LikelihoodRatio || !(factor is > 1 and <= 100)) ? nameof(Factor)
            : Limit is { } limit && (!sum || !(limit is > 0 and <= 1000)) ? nameof(Limit)
            : null;
    }
}

/// <summary>What a detector says about one value, whichever it is.</summary>
/// <param name="Observed">The value; NaN where it is missing.</param>
/// <param name="Expected">What would have been ordinary; NaN without an answer.</param>
/// <param name="UpperBound">More than this is out of the ordinary; NaN without an answer.</param>
/// <param name="Score">How far the value is on the way from expected (0) to bound (1); NaN without an answer.</param>
/// <param name="PValue">Probability of a value at least as large if nothing has changed; NaN where the detector has none.</param>
/// <param name="Alarm">Whether it is out of the ordinary; never for a missing value or without an answer.</param>
public readonly record struct Verdict(double Observed, double Expected, double UpperBound, double Score, double PValue, bool Alarm)
{
    /// <summary>True if there is a bound.</summary>
    public bool HasAnswer => !double.IsNaN(UpperBound);

    /// <summary>No answer: too little is known.</summary>
    /// <param name="observed">The value.</param>
    public static Verdict None(double observed) => new(observed, double.NaN, double.NaN, double.NaN, double.NaN, false);
}
