using System.ComponentModel.DataAnnotations;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>Which streams are watched and how; the configuration's section <c>Detection</c>.</summary>
internal sealed class DetectionRules
{
    [Required, MinLength(1)]
    public IReadOnlyList<DetectionRule> Rules { get; init; } = [];

    public DetectionRule? For(SignalStream stream) => Rules.FirstOrDefault(rule => rule.Stream == stream);
}

/// <summary>EARS C2 with two floors for sparse counts, without which one case after a quiet week is an alarm.</summary>
internal sealed class DetectionRule
{
    /// <summary>Days from the first of the baseline to the one that is judged: seven days, then two that are left out.</summary>
    public const int Reach = 9;

    public SignalStream Stream { get; init; }

    /// <summary>The standard deviation of the baseline counts as at least this much.</summary>
    [Range(0.1, 100)]
    public double MinimumSigma { get; init; } = 1;

    /// <summary>Fewer than this on a day is never an alarm.</summary>
    [Range(1, 1_000_000)]
    public int MinimumCount { get; init; } = 3;

    /// <summary>Judges one day by the days before it.</summary>
    /// <param name="days">The ten days that end with the one judged; NaN where nothing was observed.</param>
    /// <returns>Null where the baseline has gaps: what was not observed raises no alarm.</returns>
    public Finding? Judge(ReadOnlySpan<double> days)
    {
        var result = Ears.Detect(days, new EarsOptions(EarsMethod.C2) { MinSigma = MinimumSigma })[^1];
        return result.HasAnswer
            ? new Finding((int)result.Observed, days[..7].ToArray(), result.Mean, result.Sigma, result.UpperBound, result.Alarm && result.Observed >= MinimumCount)
            : null;
    }
}

/// <summary>What a detector says about a day, with everything it rests on.</summary>
/// <param name="Observed">The day's count.</param>
/// <param name="Baseline">The seven days it was compared with, oldest first.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Sigma">Their standard deviation, not below the floor.</param>
/// <param name="UpperBound">More than this is out of the ordinary.</param>
/// <param name="IsAlarm">Whether it is.</param>
internal sealed record Finding(int Observed, double[] Baseline, double Mean, double Sigma, double UpperBound, bool IsAlarm);
