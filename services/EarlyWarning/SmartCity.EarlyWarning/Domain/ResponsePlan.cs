namespace SmartCity.EarlyWarning.Domain;

/// <summary>What departments do when a hazard strikes: a template, in versions, of which the newest that a second person approved is in force.</summary>
internal sealed class ResponsePlan
{
    public required string Hazard { get; init; }

    public required int Version { get; init; }

    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>Null for the plans that the service comes with.</summary>
    public Guid? AuthorId { get; init; }

    public required DateTimeOffset DraftedAt { get; init; }

    public Guid? ApproverId { get; private set; }

    public DateTimeOffset? ApprovedAt { get; set; }

    /// <returns>The problem code if not; null if done, or done before.</returns>
    public string? Approve(Guid approver, DateTimeOffset now)
    {
        if (approver == AuthorId) return "second_person_required";
        if (ApprovedAt is not null) return null;
        (ApproverId, ApprovedAt) = (approver, now);
        return null;
    }

    /// <summary>The tasks of a response that begins now.</summary>
    public IEnumerable<DepartmentTask> TasksOf(CityEvent happening, DateTimeOffset now) => Steps.Select(step => new DepartmentTask
    {
        Id = Guid.CreateVersion7(now),
        EventId = happening.Id,
        StepKey = step.Key,
        IsExercise = happening.IsExercise,
        IsEarlyResponse = step.IsEarlyResponse,
        Department = step.Department,
        EscalatesTo = step.EscalatesTo,
        En = step.En,
        Zh = step.Zh,
        AssignedAt = now,
        AcknowledgeWithin = TimeSpan.FromMinutes(step.AcknowledgeMinutes),
        AcknowledgeBy = now.AddMinutes(step.AcknowledgeMinutes),
        FinishBy = now.AddMinutes(step.FinishMinutes),
    });
}

/// <summary>One thing that one department does.</summary>
/// <param name="Key">Its name in the plan.</param>
/// <param name="Department">Who does it.</param>
/// <param name="EscalatesTo">Who is told when nobody there takes note in time.</param>
/// <param name="AcknowledgeMinutes">Minutes from the start until somebody must have taken note.</param>
/// <param name="FinishMinutes">Minutes from the start until it must be done.</param>
/// <param name="IsEarlyResponse">Whether it is one of the early actions whose end 7-1-7 measures.</param>
/// <param name="En">What to do, in English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
internal sealed record PlanStep(string Key, string Department, string EscalatesTo, int AcknowledgeMinutes, int FinishMinutes, bool IsEarlyResponse, string En, string Zh);

/// <summary>That a plan was set in motion for an event.</summary>
internal sealed class EventResponse
{
    public required Guid EventId { get; init; }

    public required string Hazard { get; init; }

    public required int PlanVersion { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required Guid StartedBy { get; init; }
}
