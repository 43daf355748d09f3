namespace SmartCity.EarlyWarning.Detection;

/// <summary>Settings of <see cref="SpaceTimeScan"/>; the defaults are SaTScan's.</summary>
public sealed record ScanOptions
{
    /// <summary>Largest share of the expected cases (permutation: of the cases) that a circle may hold.</summary>
    public double MaxPopulationShare { get; init; } = 0.5;

    /// <summary>Largest share of the days that a cluster may last.</summary>
    public double MaxTimeShare { get; init; } = 0.5;

    /// <summary>Longest cluster in days, if shorter than <see cref="MaxTimeShare"/> allows.</summary>
    public int MaxDays { get; init; } = int.MaxValue;

    /// <summary>True for clusters that are still alive on the last day only (surveillance); false for all periods (history).</summary>
    public bool Prospective { get; init; } = true;

    /// <summary>Cases that a cluster has at least.</summary>
    public int MinCases { get; init; } = 2;

    /// <summary>Random replications under the null hypothesis.</summary>
    public int Replications { get; init; } = 999;

    /// <summary>Seed: the same seed gives the same answer, on any number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads to use.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Clusters after the most likely one are reported up to this p-value.</summary>
    public double MaxPValue { get; init; } = 0.5;

    internal void Validate()
    {
        if (MaxPopulationShare is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(MaxPopulationShare), MaxPopulationShare, "A share up to 1.");
        if (MaxTimeShare is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(MaxTimeShare), MaxTimeShare, "A share up to 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDays, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinCases, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Replications);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
    }
}
