namespace SmartCity.EarlyWarning.Domain;

/// <summary>Where a department's task stands.</summary>
public enum TaskState
{
    /// <summary>The department was told.</summary>
    Assigned,

    /// <summary>Somebody there took note.</summary>
    Acknowledged,

    /// <summary>Done, says the department's report.</summary>
    Done,
}

/// <summary>What a department is to do about an event, until when, and what became of it.</summary>
internal sealed class DepartmentTask
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required string StepKey { get; init; }

    public bool IsExercise { get; init; }

    public bool IsEarlyResponse { get; init; }

    public required string Department { get; set; }

    public required string EscalatesTo { get; init; }

    public required string En { get; init; }

    public required string Zh { get; init; }

    public required DateTimeOffset AssignedAt { get; init; }

    public required TimeSpan AcknowledgeWithin { get; init; }

    public required DateTimeOffset AcknowledgeBy { get; set; }

    public required DateTimeOffset FinishBy { get; init; }

    public TaskState State { get; private set; }

    public DateTimeOffset? AcknowledgedAt { get; private set; }

    public DateTimeOffset? DoneAt { get; private set; }

    /// <summary>Since when the department above knows that nobody took note; null if it need not.</summary>
    public DateTimeOffset? EscalatedAt { get; private set; }

    /// <summary>Whether the department may see and work on it: it has the task, or was told that nobody took note.</summary>
    public bool ConcernsDepartment(string? department) => department is not null && (department == Department || (EscalatedAt is not null && department == EscalatesTo));

    /// <returns>False if somebody did before.</returns>
    public bool Acknowledge(DateTimeOffset now)
    {
        if (State != TaskState.Assigned) return false;
        (State, AcknowledgedAt) = (TaskState.Acknowledged, now);
        return true;
    }

    /// <summary>Whoever reports has taken note.</summary>
    public void Report(bool done, DateTimeOffset now)
    {
        Acknowledge(now);
        if (done && State != TaskState.Done) (State, DoneAt) = (TaskState.Done, now);
    }

    /// <summary>Gives the task to another department, which has as long to take note as the first had.</summary>
    public void HandOver(string department, DateTimeOffset now)
    {
        (Department, State, AcknowledgedAt, EscalatedAt) = (department, TaskState.Assigned, null, null);
        AcknowledgeBy = now + AcknowledgeWithin;
    }
}

/// <summary>What happened to a task.</summary>
public enum TaskNoteKind
{
    /// <summary>A department was told to do it.</summary>
    Assigned,

    /// <summary>Somebody took note.</summary>
    Acknowledged,

    /// <summary>How it goes.</summary>
    Reported,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>Another department has it now.</summary>
    HandedOver,

    /// <summary>Nobody took note in time: the department above was told.</summary>
    Escalated,
}

/// <summary>One line of a task's history; never changed.</summary>
internal sealed class TaskNote
{
    public required Guid Id { get; init; }

    public required Guid TaskId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required TaskNoteKind Kind { get; init; }

    /// <summary>Who did it, or was told.</summary>
    public required string Department { get; init; }

    public Guid? OfficerId { get; init; }

    public string? Text { get; init; }
}

/// <summary>The 7-1-7 measure: seven days to detect, one to notify, seven to respond. A time that is not over is null.</summary>
/// <param name="EmergedAt">When it began.</param>
/// <param name="DetectedAt">When the city noticed.</param>
/// <param name="NotifiedAt">When the departments were told what to do.</param>
/// <param name="RespondedAt">When the early actions were all done.</param>
internal sealed record Timeliness(DateTimeOffset EmergedAt, DateTimeOffset DetectedAt, DateTimeOffset? NotifiedAt, DateTimeOffset? RespondedAt)
{
    public const double DetectDays = 7, NotifyDays = 1, RespondDays = 7;

    public double ToDetect => Math.Max(0, (DetectedAt - EmergedAt).TotalDays);

    public double? ToNotify => (NotifiedAt - DetectedAt)?.TotalDays;

    public double? ToRespond => (RespondedAt - NotifiedAt)?.TotalDays;

    /// <summary>Whether all three were kept; null while one is not over.</summary>
    public bool? IsMet => ToDetect > DetectDays || ToNotify > NotifyDays || ToRespond > RespondDays ? false : ToRespond is null ? null : true;

    public static Timeliness Of(CityEvent happening, EventResponse? response, IReadOnlyCollection<DepartmentTask> tasks)
    {
        var early = tasks.Where(task => task.IsEarlyResponse).ToList();
        var responded = early.Count > 0 && early.All(task => task.State == TaskState.Done) ? early.Max(task => task.DoneAt) : null;
        var emerged = new DateTimeOffset(happening.FirstDay.ToDateTime(TimeOnly.MinValue), CityDay.Offset).ToUniversalTime();
        return new Timeliness(emerged, happening.OpenedAt, response?.StartedAt, responded);
    }
}
