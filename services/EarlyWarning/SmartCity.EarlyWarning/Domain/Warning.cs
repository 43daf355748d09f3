namespace SmartCity.EarlyWarning.Domain;

/// <summary>Where a warning stands in its life.</summary>
public enum WarningState
{
    /// <summary>Being written; only officers see it.</summary>
    Draft,

    /// <summary>A second person agreed to it.</summary>
    Approved,

    /// <summary>Public.</summary>
    Issued,

    /// <summary>A later warning took its place.</summary>
    Updated,

    /// <summary>Taken back before its end.</summary>
    Cancelled,
}

/// <summary>What a warning says about those before it.</summary>
public enum WarningKind
{
    /// <summary>The first about its matter.</summary>
    Alert,

    /// <summary>Takes the place of an earlier one: the matter has changed, for the worse or the better.</summary>
    Update,

    /// <summary>The matter is over.</summary>
    AllClear,
}

/// <summary>How bad it is; CAP 1.2.</summary>
public enum Severity
{
    /// <summary>Extraordinary threat to life or property.</summary>
    Extreme,

    /// <summary>Significant threat to life or property.</summary>
    Severe,

    /// <summary>Possible threat to life or property.</summary>
    Moderate,

    /// <summary>Minimal to no known threat to life or property.</summary>
    Minor,
}

/// <summary>How soon to act; CAP 1.2.</summary>
public enum Urgency
{
    /// <summary>Now.</summary>
    Immediate,

    /// <summary>Within the next hour.</summary>
    Expected,

    /// <summary>In the near future.</summary>
    Future,

    /// <summary>No longer.</summary>
    Past,
}

/// <summary>How sure it is; CAP 1.2.</summary>
public enum Certainty
{
    /// <summary>It has happened or is happening.</summary>
    Observed,

    /// <summary>More likely than not.</summary>
    Likely,

    /// <summary>Possible but not likely.</summary>
    Possible,

    /// <summary>Not expected.</summary>
    Unlikely,
}

/// <summary>What to do, in a word; CAP 1.2.</summary>
public enum ResponseType
{
    /// <summary>Take shelter.</summary>
    Shelter,

    /// <summary>Leave the area.</summary>
    Evacuate,

    /// <summary>Get ready.</summary>
    Prepare,

    /// <summary>Do what was prepared.</summary>
    Execute,

    /// <summary>Keep away.</summary>
    Avoid,

    /// <summary>Follow the news.</summary>
    Monitor,

    /// <summary>Judge for yourself.</summary>
    Assess,

    /// <summary>The matter is over.</summary>
    AllClear,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>A warning: written by one person, agreed to by another, then public and never changed again; what is new about its matter is a warning that follows it.</summary>
internal sealed class Warning
{
    public required Guid Id { get; init; }

    public WarningKind Kind { get; init; }

    /// <summary>The first warning about the matter; its own id for that one.</summary>
    public required Guid ThreadId { get; init; }

    /// <summary>The warning whose place it takes; null for the first.</summary>
    public Guid? FollowsId { get; init; }

    /// <summary>The alarm it follows from; null for one that was written without.</summary>
    public Guid? AlarmId { get; init; }

    /// <summary>The event it belongs to; null for one without.</summary>
    public Guid? EventId { get; init; }

    /// <summary>True in a drill: CAP status Exercise, and in no statistics.</summary>
    public bool IsExercise { get; init; }

    /// <summary>The author's key of a warning without an alarm.</summary>
    public Guid? DraftKey { get; init; }

    public required Guid AuthorId { get; init; }

    public required DateTimeOffset DraftedAt { get; init; }

    /// <summary>What it warns of: one of the hazards that are configured.</summary>
    public required string Hazard { get; set; }

    /// <summary>The grid cell that is warned; null for the whole city or what the polygons mark.</summary>
    public string? Cell { get; set; }

    /// <summary>What is warned, as CAP writes polygons; empty for the cell or the whole city.</summary>
    public string[] Polygons { get; set; } = [];

    public Severity Severity { get; set; }

    public Urgency Urgency { get; set; } = Urgency.Expected;

    public Certainty Certainty { get; set; } = Certainty.Likely;

    public ResponseType Response { get; set; } = ResponseType.Monitor;

    public required WarningTexts En { get; set; }

    public required WarningTexts Zh { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public WarningState State { get; private set; }

    /// <summary>Grows with every edit of the draft: whoever edits says which one they saw.</summary>
    public int Revision { get; set; } = 1;

    /// <summary>Who wrote the draft as it stands.</summary>
    public required Guid LastEditorId { get; set; }

    public Guid? ApproverId { get; private set; }

    public DateTimeOffset? ApprovedAt { get; private set; }

    public Guid? IssuerId { get; private set; }

    public DateTimeOffset? IssuedAt { get; private set; }

    public Guid? CancellerId { get; private set; }

    public DateTimeOffset? CancelledAt { get; private set; }

    /// <summary>The signed CAP document, from the moment it is public.</summary>
    public string? SignedAlert { get; set; }

    /// <summary>The signed CAP document that takes it back.</summary>
    public string? SignedCancellation { get; set; }

    /// <summary>A second person agrees to what the first wrote.</summary>
    /// <returns>The problem code if not; null if done, or done before by the same person.</returns>
    public string? Approve(Guid approver, DateTimeOffset now)
    {
        if (approver == AuthorId || approver == LastEditorId) return "second_person_required";
        if (State == WarningState.Approved && ApproverId == approver) return null;
        if (State != WarningState.Draft) return "warning_not_draft";
        (State, ApproverId, ApprovedAt) = (WarningState.Approved, approver, now);
        return null;
    }

    /// <summary>Makes an approved warning public.</summary>
    /// <param name="issuer">Who does it.</param>
    /// <param name="current">The warning that is public about the matter now; null for none.</param>
    /// <param name="now">The time.</param>
    /// <returns>The problem code if not; null if done.</returns>
    public string? Issue(Guid issuer, Warning? current, DateTimeOffset now)
    {
        if (State != WarningState.Approved) return "warning_not_approved";
        // CAP writes whole seconds: the end must still be after the sending then.
        if (ExpiresAt < now.AddSeconds(1)) return "warning_expired";
        if (current?.Id != FollowsId) return "warning_superseded";
        (State, IssuerId, IssuedAt) = (WarningState.Issued, issuer, now);
        if (current is not null) current.State = WarningState.Updated;
        return null;
    }

    /// <summary>Takes a public warning back.</summary>
    /// <returns>The problem code if not; null if done.</returns>
    public string? Cancel(Guid canceller, DateTimeOffset now)
    {
        if (State != WarningState.Issued) return "warning_not_issued";
        (State, CancellerId, CancelledAt) = (WarningState.Cancelled, canceller, now);
        return null;
    }
}

/// <summary>A warning in one language.</summary>
/// <param name="Headline">One line.</param>
/// <param name="Description">What is known.</param>
/// <param name="Instruction">What to do.</param>
internal sealed record WarningTexts(string Headline, string Description, string Instruction);

/// <summary>A department has taken note of a warning.</summary>
internal sealed class Acknowledgement
{
    public required Guid WarningId { get; init; }

    public required string Department { get; init; }

    public required Guid OfficerId { get; init; }

    public required DateTimeOffset AcknowledgedAt { get; init; }
}

/// <summary>A citizen has taken note of a warning.</summary>
internal sealed class CitizenAcknowledgement
{
    public required Guid WarningId { get; init; }

    public required Guid AccountId { get; init; }

    public required DateTimeOffset AcknowledgedAt { get; init; }
}

/// <summary>What a citizen wants to be told of.</summary>
internal sealed class Subscription
{
    /// <summary>As many cells as a person may follow, and the city.</summary>
    public const int MostPerPerson = 20;

    public required Guid AccountId { get; init; }

    /// <summary>A grid cell, or the whole city.</summary>
    public required string Area { get; init; }

    /// <summary>Less than this is not told.</summary>
    public required Severity MinimumSeverity { get; set; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether the warning is one that the person asked for: severe enough, and about the area. What holds for the whole city holds for every cell.</summary>
    public bool Covers(WarnedArea area, Severity severity) => severity <= MinimumSeverity && (Area == Domain.Area.City || area.Touches(Area));
}
