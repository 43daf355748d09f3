namespace SmartCity.HealthCode.Domain;

internal enum WalkKind
{
    /// <summary>Counts what a draft would change, and changes nothing.</summary>
    DryRun = 1,

    /// <summary>Decides again about everybody whom another policy now concerns.</summary>
    Recompute = 2,

    /// <summary>Decides again about everybody who lives in a cell or was there.</summary>
    Area = 3,
}

/// <summary>
/// A walk through all people in the order of their ids, batch by batch. Each batch commits what it did together with how far it came, so that whoever goes
/// on after a kill begins where the last batch ended.
/// </summary>
internal sealed class CityWalk
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public WalkKind Kind { get; init; }

    /// <summary>The policy that is tried out, or whose stage set the walk off.</summary>
    public string? PolicyVersion { get; init; }

    public string? Cell { get; init; }
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The last person who was looked at.</summary>
    public Guid Position { get; private set; }

    public long Looked { get; private set; }
    public long Changed { get; private set; }

    /// <summary>People about whom no rule gave an answer: their code stays as it was until it ends.</summary>
    public long Failed { get; private set; }

    public DateTimeOffset MovedAt { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }

    public static CityWalk Start(WalkKind kind, DateTimeOffset now, string? policy = null, string? cell = null) =>
        new() { Kind = kind, PolicyVersion = policy, Cell = cell, StartedAt = now, MovedAt = now };

    public void Advance(Guid position, int looked, int changed, int failed, DateTimeOffset now)
    {
        (Position, MovedAt) = (position, now);
        Looked += looked;
        Changed += changed;
        Failed += failed;
    }

    public void Finish(DateTimeOffset now) => (FinishedAt, MovedAt) = (now, now);
}

/// <summary>How many people a draft would move from one colour to another, by the rule that would decide, district and decade of birth.</summary>
internal sealed class DryRunCount
{
    public Guid WalkId { get; init; }
    public required string Rule { get; init; }

    /// <summary>Empty where unknown.</summary>
    public required string District { get; init; }

    /// <summary>0 where unknown.</summary>
    public short BirthDecade { get; init; }

    public Contracts.CodeColor From { get; init; }
    public Contracts.CodeColor To { get; init; }
    public long People { get; init; }
}

/// <summary>One of a few people whom a draft would move, for an officer to look at, which the person sees.</summary>
internal sealed class DryRunSample
{
    public Guid WalkId { get; init; }
    public CitizenId CitizenId { get; init; }
    public required string Rule { get; init; }
    public Contracts.CodeColor From { get; init; }
    public Contracts.CodeColor To { get; init; }
}
