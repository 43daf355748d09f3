namespace SmartCity.EarlyWarning.Detection;

/// <summary>The answer of a Farrington detector for one week.</summary>
/// <param name="Week">Index of the week in the series.</param>
/// <param name="Observed">The week's count; NaN where it is missing.</param>
/// <param name="Expected">Fitted mean for the week; NaN where no model could be fitted.</param>
/// <param name="UpperBound">The threshold in cases; NaN without a model or with too few recent cases.</param>
/// <param name="Dispersion">Overdispersion φ, at least 1.</param>
/// <param name="Score">How far the count is on the way from expected (0) to bound (1).</param>
/// <param name="PValue">Probability of a count at least this large under the model; 1 for count 0 with a discrete bound.</param>
/// <param name="Trend">Whether the model has a time trend.</param>
/// <param name="WeeklyGrowth">Factor from one week to the next by the trend; 1 without.</param>
/// <param name="EnoughCases">Whether the last weeks had the cases that an alarm needs at least.</param>
/// <param name="Alarm">Whether the count is above the bound; never for a missing count.</param>
public sealed record FarringtonResult(
    int Week, double Observed, double Expected, double UpperBound, double Dispersion, double Score, double PValue,
    bool Trend, double WeeklyGrowth, bool EnoughCases, bool Alarm)
{
    /// <summary>True if a model was fitted and the bound is known.</summary>
    public bool HasAnswer => !double.IsNaN(UpperBound);

    internal static FarringtonResult NoModel(int week, double observed) =>
        new(week, observed, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, false, 1, false, false);
}

/// <summary>One week of a Farrington baseline, to show why the bound is where it is.</summary>
/// <param name="Week">Index of the week in the series.</param>
/// <param name="Block">Seasonal block of the week, from 0; the last is that of the windows around the anniversaries.</param>
/// <param name="Observed">The week's count; NaN where it is missing (then the weight is 0).</param>
/// <param name="Fitted">The model's mean for it.</param>
/// <param name="Weight">Its weight; below 1 for weeks that look like past outbreaks.</param>
public readonly record struct BaselineWeek(int Week, int Block, double Observed, double Fitted, double Weight);
