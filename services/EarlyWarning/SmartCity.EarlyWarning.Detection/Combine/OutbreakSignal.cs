namespace SmartCity.EarlyWarning.Detection;

/// <summary>Settings of <see cref="OutbreakMonitor"/>.</summary>
public sealed record OutbreakMonitorOptions
{
    /// <summary>Share of alarms at the start of an event that may be false (q).</summary>
    public double FalseDiscoveryShare { get; init; } = 0.225;

    /// <summary>Weeks whose tests are judged together: more weeks, steadier threshold.</summary>
    public int PooledWeeks { get; init; } = 26;

    /// <summary>Standard deviations by which a week must itself be above its expectation to start an event.</summary>
    public double SmallestStart { get; init; } = 0.6;

    /// <summary>p-value of one week up to which an event goes on.</summary>
    public double ContinuationPValue { get; init; } = 0.05;

    /// <summary>Weeks before the current one that the expectation does not learn from.</summary>
    public int PastWeeksExcluded { get; init; } = 26;

    /// <summary>Weeks between two fits of a series.</summary>
    public int RefitEvery { get; init; } = 13;

    /// <summary>Values in a season.</summary>
    public double Period { get; init; } = 52;
}

/// <summary>The judgement of one series in one week.</summary>
/// <param name="Series">Index of the series.</param>
/// <param name="Week">Index of the week, 0 for the first of the history.</param>
/// <param name="Observed">The count; NaN where it is missing.</param>
/// <param name="Expected">The fitted mean; NaN without enough history.</param>
/// <param name="Dispersion">Variance over mean; NaN without enough history.</param>
/// <param name="Score">This week's excess in standard deviations.</param>
/// <param name="Combined">Excess of this and the last week together, in standard deviations.</param>
/// <param name="PValue">p-value of the combined excess.</param>
/// <param name="Threshold">Largest p-value that starts an event this week.</param>
/// <param name="Needed">Score that this week needs for an alarm; NaN without enough history.</param>
/// <param name="EventStart">First week of the running event; −1 outside.</param>
/// <param name="Alarm">Whether the week belongs to an event; never for a missing count.</param>
public readonly record struct OutbreakSignal(
    int Series, int Week, double Observed, double Expected, double Dispersion, double Score, double Combined, double PValue, double Threshold,
    double Needed, int EventStart, bool Alarm)
{
    /// <summary>The largest count that is no alarm; NaN without enough history.</summary>
    public double UpperBound => double.IsNaN(Needed) ? double.NaN : Exceedance.LargestBelow(Needed, Expected, Dispersion);
}
