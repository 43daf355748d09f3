using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A case whose places are traced; or, when its withdrawal came first, the mark that it never will be.</summary>
internal sealed class TracedCase
{
    public Guid CaseId { get; init; }
    public Guid CitizenId { get; init; }

    /// <summary>Included; null while only the withdrawal is known.</summary>
    public DateTimeOffset? InfectiousFrom { get; init; }

    /// <summary>Not included.</summary>
    public DateTimeOffset? InfectiousUntil { get; init; }

    /// <summary>Of two confirmations the later one holds.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Onset of symptoms, or when the sample was taken: what is caught is caught before.</summary>
    public DateTimeOffset? OnsetAt { get; init; }

    public DateTimeOffset? TracedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>The trace policy that holds for this case until it is run again.</summary>
    public string? Policy { get; init; }

    public CaseRelease Release { get; init; }

    /// <summary>Name of the policy's class of releases that the trace belongs to.</summary>
    public string? ReleaseClass { get; init; }

    /// <summary>A released trace that comes to hold more people stops telling until it is approved again.</summary>
    public int? PeopleLimit { get; init; }

    /// <summary>Somebody asked for a new run; null once it was made.</summary>
    public DateTimeOffset? RerunAskedAt { get; init; }
}

/// <summary>Whether people hear what tracing found.</summary>
public enum CaseRelease
{
    /// <summary>Found, and told to nobody yet: officers have to approve it.</summary>
    Waiting,

    /// <summary>Told, and what changes is told at once.</summary>
    Released,

    /// <summary>Taken back everywhere.</summary>
    Recalled,
}

/// <summary>A case and a contact were in the same air at one place.</summary>
internal sealed class Exposure
{
    public Guid CaseId { get; init; }

    /// <summary>The contact.</summary>
    public Guid CitizenId { get; init; }

    public Guid PlaceId { get; init; }
    public required string Cell { get; init; }
    public int Minutes { get; init; }
    public DateTimeOffset FromAt { get; init; }
    public DateTimeOffset Until { get; init; }

    /// <summary>When it was found, changed or withdrawn; always later than the time before.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    public ExposureSeverity Severity { get; init; }
    public double WeightedMinutes { get; init; }

    /// <summary>How it was reckoned, as JSON: kept as it was, whatever becomes of the place or the policy.</summary>
    public required string Reckoning { get; init; }

    public bool Withdrawn { get; init; }

    /// <summary>Other departments were told that it holds.</summary>
    public bool Released { get; init; }

    /// <summary>The person was not there, an officer decided: whatever visits say, it is not found again.</summary>
    public DateTimeOffset? RefutedAt { get; init; }
}

/// <summary>A trace was computed: from what, by which policy, with which result. With the inputs it can be computed again.</summary>
internal sealed class TraceRun
{
    public Guid Id { get; init; }

    /// <summary>In the order of the runs.</summary>
    public long Number { get; init; }

    public Guid CaseId { get; init; }
    public DateTimeOffset RanAt { get; init; }
    public TraceCause Cause { get; init; }
    public required string Policy { get; init; }
    public DateTimeOffset InfectiousFrom { get; init; }
    public DateTimeOffset InfectiousUntil { get; init; }
    public int Places { get; init; }
    public int People { get; init; }

    /// <summary>SHA-256 of what it was computed from.</summary>
    public required byte[] InputsHash { get; init; }

    /// <summary>SHA-256 of what was found.</summary>
    public required byte[] ResultHash { get; init; }
}

/// <summary>Why a trace was computed.</summary>
public enum TraceCause
{
    /// <summary>A case was confirmed, or its period corrected.</summary>
    Confirmed,

    /// <summary>The case checked in or out, or handed in a visit.</summary>
    VisitChanged,

    /// <summary>An officer asked for it, or another policy came into force.</summary>
    Asked,

    /// <summary>An officer approved it: what is released is computed anew.</summary>
    Approved,
}

/// <summary>What an officer decided about a trace: rows are only added.</summary>
internal sealed class TraceDecision
{
    /// <summary>In the order of the decisions.</summary>
    public long Id { get; init; }

    public Guid CaseId { get; init; }
    public Guid OfficerId { get; init; }
    public DateTimeOffset DecidedAt { get; init; }
    public TraceDecisionKind Kind { get; init; }

    /// <summary>How many people the trace held.</summary>
    public int People { get; init; }

    /// <summary>Why a trace was recalled.</summary>
    public RecallReason? Reason { get; init; }
}

/// <summary>What an officer decided.</summary>
public enum TraceDecisionKind
{
    /// <summary>People may be told.</summary>
    Approved,

    /// <summary>What people were told is taken back.</summary>
    Recalled,

    /// <summary>The trace is computed anew by the policy in force.</summary>
    RunAgain,
}

/// <summary>Why a trace is recalled.</summary>
public enum RecallReason
{
    /// <summary>The case is doubted, though not withdrawn yet.</summary>
    CaseDoubted,

    /// <summary>Visits behind it are wrong.</summary>
    VisitsWrong,

    /// <summary>The policy was wrong for it.</summary>
    PolicyWrong,

    /// <summary>It was released by mistake.</summary>
    ReleasedByMistake,
}
