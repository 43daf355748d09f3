namespace SmartCity.EarlyWarning.Detection;

/// <summary>Which of the three Early Aberration Reporting System detectors.</summary>
public enum EarsMethod
{
    /// <summary>Baseline directly before the day: days t−7 … t−1.</summary>
    C1,

    /// <summary>Two days' gap, so that a slowly starting outbreak does not raise its own threshold: days t−9 … t−3.</summary>
    C2,

    /// <summary>The C2 excess over one standard deviation, summed over today and the two days before.</summary>
    C3,
}

/// <summary>Settings of <see cref="Ears"/>.</summary>
/// <remarks>
/// The defaults are for counts in a small area. <see cref="RCompatible"/> gives the settings of R's <c>surveillance::earsC</c>: no floor for
/// the standard deviation (after a week of zeros one case alarms) and no answer while one baseline day is missing.
/// </remarks>
public sealed record EarsOptions
{
    /// <summary>Default settings for one method.</summary>
    public EarsOptions(EarsMethod method)
    {
        Method = method;
        Alpha = method == EarsMethod.C3 ? 0.025 : 0.001;
    }

    /// <summary>The settings of R's <c>surveillance::earsC</c> for one method and length of the baseline.</summary>
    public static EarsOptions RCompatible(EarsMethod method, int baseline = 7) =>
        new(method) { MinSigma = 0, Baseline = baseline, MinBaselineDays = baseline };

    /// <summary>The detector.</summary>
    public EarsMethod Method { get; init; }

    /// <summary>One-sided probability of a false alarm per day under a normal baseline; 0.001 for C1 and C2, 0.025 for C3.</summary>
    public double Alpha { get; init; }

    /// <summary>Length of the baseline in days, at least 3.</summary>
    public int Baseline { get; init; } = 7;

    /// <summary>Floor of the baseline's standard deviation, in cases (Burkom advises 0.5 to 1); not negative.</summary>
    public double MinSigma { get; init; } = 0.5;

    /// <summary>Baseline days that must be present for an answer, at least 2 and at most <see cref="Baseline"/>. A missing day is left out, never counted as zero.</summary>
    public int MinBaselineDays { get; init; } = 5;

    /// <summary>With a tolerance for gaps, a missing day carries no excess into C3; without, it leaves C3 unanswered for two days, as in R.</summary>
    internal bool ToleratesGaps => MinBaselineDays < Baseline;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Baseline, 3);
        ArgumentOutOfRangeException.ThrowIfNegative(MinSigma);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinBaselineDays, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinBaselineDays, Baseline);
        if (Alpha is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "A probability between 0 and 1.");
    }
}
