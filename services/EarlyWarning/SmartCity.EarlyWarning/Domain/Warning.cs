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

    /// <summary>Taken back before its end.</summary>
    Cancelled,
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

/// <summary>A warning: written by one person, agreed to by another, then public.</summary>
internal sealed class Warning
{
    public required Guid Id { get; init; }

    /// <summary>The alarm it follows from; null for one that was written without.</summary>
    public Guid? AlarmId { get; init; }

    /// <summary>The author's key of a warning without an alarm.</summary>
    public Guid? DraftKey { get; init; }

    public required Guid AuthorId { get; init; }

    public required DateTimeOffset DraftedAt { get; init; }

    /// <summary>The grid cell that is warned; null for the whole city.</summary>
    public string? Cell { get; set; }

    public Severity Severity { get; set; }

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

    public bool IsPublic => State is WarningState.Issued or WarningState.Cancelled;

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
    /// <returns>The problem code if not; null if done, or done before.</returns>
    public string? Issue(Guid issuer, DateTimeOffset now)
    {
        if (State == WarningState.Issued) return null;
        if (State != WarningState.Approved) return "warning_not_approved";
        if (ExpiresAt <= now) return "warning_expired";
        (State, IssuerId, IssuedAt) = (WarningState.Issued, issuer, now);
        return null;
    }

    /// <summary>Takes a public warning back.</summary>
    /// <returns>The problem code if not; null if done, or done before.</returns>
    public string? Cancel(Guid canceller, DateTimeOffset now)
    {
        if (State == WarningState.Cancelled) return null;
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
