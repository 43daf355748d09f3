namespace SmartCity.EarlyWarning.Detection;

/// <summary>The answer of <see cref="Ears"/> for one day, with all that is needed to recompute it.</summary>
/// <param name="Day">Index of the day, 0 for the first of the series or stream.</param>
/// <param name="Observed">The day's value; NaN where it is missing.</param>
/// <param name="BaselineStart">Index of the first baseline day; negative while the history is too short.</param>
/// <param name="BaselineEnd">Index after the last baseline day.</param>
/// <param name="BaselineDays">Baseline days that were present.</param>
/// <param name="Mean">Mean of the baseline, the expected value; NaN without an answer.</param>
/// <param name="Sigma">Standard deviation of the baseline (n−1), raised to the floor of the options; NaN without an answer.</param>
/// <param name="CarriedExcess">C3 only: the part of the score that the two days before bring, in standard deviations; 0 for C1 and C2.</param>
/// <param name="UpperBound">The threshold, in cases; NaN where there is no answer.</param>
public readonly record struct EarsResult(
    int Day, double Observed, int BaselineStart, int BaselineEnd, int BaselineDays, double Mean, double Sigma, double CarriedExcess, double UpperBound)
{
    /// <summary>True if the observed value is strictly above the bound; never for a missing value or without an answer.</summary>
    public bool Alarm => Observed > UpperBound;

    /// <summary>True if there is a threshold: enough baseline days were present.</summary>
    public bool HasAnswer => !double.IsNaN(UpperBound);

    /// <summary>Distance of the observed value from the mean in standard deviations; NaN without an answer or for a missing value.</summary>
    public double Score => (Observed - Mean) / Sigma;
}
