using System.ComponentModel.DataAnnotations;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>How far back and how long visits may be, and how long they are kept; the configuration's section <c>Visits</c>.</summary>
internal sealed record VisitLimits
{
    /// <summary>Partitions hold a week, so a visit lives up to this much longer than <see cref="RetentionDays"/>.</summary>
    public const int PartitionDays = 7;

    /// <summary>A visit may be handed in this many days late.</summary>
    [Range(1, 365)]
    public int OldestDays { get; init; } = 14;

    /// <summary>Visits are forgotten after this many days.</summary>
    [Range(2, 366)]
    public int RetentionDays { get; init; } = 28;

    /// <summary>Cases and the exposures found are forgotten this many days after the infectious period: until then a withdrawal undoes them.</summary>
    [Range(1, 3660)]
    public int CaseRetentionDays { get; init; } = 180;

    /// <summary>No stay is longer; tracing looks this far back for who was already there.</summary>
    [Range(1, 72)]
    public int LongestHours { get; init; } = 24;

    /// <summary>How much a client's clock may be ahead, and how old a live check-in may be before it counts as late.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often changed counts of visits are told.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan CountInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often partitions are made and dropped.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "1.00:00:00")]
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Batches of visits that a replica writes at the same time.</summary>
    [Range(1, 64)]
    public int Writers { get; init; } = 2;

    /// <summary>Visits in one commit. 1 is what there would be without group commit: the benchmark compares with it.</summary>
    [Range(1, 2000)]
    public int MostPerCommit { get; init; } = 500;

    /// <summary>How long a health code that was looked at may be used again, unless news of a change comes first.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StatusLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Local time against UTC, for opening hours: China's by default.</summary>
    [Range(typeof(TimeSpan), "-12:00:00", "14:00:00")]
    public TimeSpan LocalTime { get; init; } = TimeSpan.FromHours(8);
    /// <summary>A trace that has waited so long for officers is reported by the health check.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan ReleasePatience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A case that was traced so long after its confirmation is reported by the health check.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TracingPatience { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan Longest => TimeSpan.FromHours(LongestHours);

    /// <summary>Before this moment visits may be gone: what was found from them is not looked at again.</summary>
    public DateTimeOffset Horizon(DateTimeOffset now) => now.AddDays(-RetentionDays);
}
