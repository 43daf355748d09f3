namespace SmartCity.EarlyWarning.Detection;

/// <summary>Which past weeks <see cref="RkiDetector"/> and <see cref="BayesDetector"/> compare with.</summary>
/// <param name="Years">Years back (b): weeks t−w … t+w around each anniversary.</param>
/// <param name="HalfWindow">Weeks w.</param>
/// <param name="CurrentYear">Whether the weeks t−w … t−1 count too.</param>
public sealed record WindowOptions(int Years, int HalfWindow, bool CurrentYear)
{
    /// <summary>The last six weeks (R's rki1, bayes1).</summary>
    public static WindowOptions LastSixWeeks { get; } = new(0, 6, true);

    /// <summary>The last six weeks, and thirteen a year ago (R's rki2, bayes2).</summary>
    public static WindowOptions LastSixWeeksAndOneYear { get; } = new(1, 6, true);

    /// <summary>Nine weeks of each of the last two years (R's rki3, bayes3).</summary>
    public static WindowOptions TwoYears { get; } = new(2, 4, false);

    /// <summary>Values a year: 52 for weeks.</summary>
    public int PerYear { get; init; } = 52;

    /// <summary>The values of the window; empty where it reaches before the series.</summary>
    internal double[] Values(ReadOnlySpan<double> observed, int week)
    {
        if (week - PerYear * Years - HalfWindow < 0)
            return [];
        var values = new List<double>();
        if (CurrentYear)
            values.AddRange(observed[(week - HalfWindow)..week]);
        for (var year = 1; year <= Years; year++)
            values.AddRange(observed.Slice(week - PerYear * year - HalfWindow, 2 * HalfWindow + 1));
        return [.. values];
    }
}

/// <summary>The answer of <see cref="RkiDetector"/>, <see cref="BayesDetector"/> for one week.</summary>
/// <param name="Week">Index of the week.</param>
/// <param name="Observed">The count; NaN where it is missing.</param>
/// <param name="Expected">Mean of the weeks compared with.</param>
/// <param name="WeeksCompared">How many there were.</param>
/// <param name="UpperBound">The threshold; NaN where there is no answer.</param>
public readonly record struct WindowResult(int Week, double Observed, double Expected, int WeeksCompared, double UpperBound)
{
    /// <summary>Whether the count is above the bound; never for a missing count or without an answer.</summary>
    public bool Alarm => Observed > UpperBound;
}
