namespace SmartCity.EarlyWarning.Domain;

/// <summary>What is kept of a review; a later one of the same event is the next version.</summary>
internal sealed class KeptReview
{
    public required Guid EventId { get; init; }

    public required int Version { get; init; }

    public required DateTimeOffset BuiltAt { get; init; }

    public required AfterActionReview Review { get; init; }
}

/// <summary>What happened, who did what when, and what detection knew: every figure with the address where its parts are.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Area">The area of its first alarm: a cell, or <c>city</c>.</param>
/// <param name="Exercise">True in a drill.</param>
/// <param name="Hazard">The plan that was used; null without a response.</param>
/// <param name="PlanVersion">Its version.</param>
/// <param name="From">The beginning of the period that is reviewed, UTC: a week before the event's first day.</param>
/// <param name="To">Its end, not included, UTC: when the event was closed.</param>
/// <param name="Times">7-1-7.</param>
/// <param name="TimesMet">Whether 7-1-7 was kept; null where a time is not over.</param>
/// <param name="Steps">What happened, in order.</param>
/// <param name="Days">What was counted, by kind and day.</param>
/// <param name="Departments">What each was asked, and how it kept its times.</param>
/// <param name="Tasks">Every task.</param>
/// <param name="Alarms">What detection knew when.</param>
internal sealed record AfterActionReview(
    Guid EventId, string Area, bool Exercise, string? Hazard, int? PlanVersion, DateTimeOffset From, DateTimeOffset To, Timeliness Times, bool? TimesMet,
    IReadOnlyList<ReviewStep> Steps, IReadOnlyList<ReviewCount> Days, IReadOnlyList<ReviewDepartment> Departments, IReadOnlyList<ReviewTask> Tasks, IReadOnlyList<ReviewAlarm> Alarms);

/// <param name="At">When, UTC.</param>
/// <param name="Kind">alarm, event, response, task, warning, bulletin, or the first of a kind that was counted.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Link">Where it is to be seen.</param>
internal sealed record ReviewStep(DateTimeOffset At, string Kind, string En, string Zh, string Link);

/// <param name="Kind">What was counted.</param>
/// <param name="Subject">More about what.</param>
/// <param name="Day">On which day of the city.</param>
/// <param name="Count">How many.</param>
/// <param name="Link">Where the single facts are.</param>
internal sealed record ReviewCount(TimelineKind Kind, string? Subject, DateOnly Day, int Count, string Link);

/// <param name="Department">Who.</param>
/// <param name="Asked">Tasks that it had in the end.</param>
/// <param name="Done">Those that were done.</param>
/// <param name="NotedInTime">Those that somebody took note of before the deadline.</param>
/// <param name="DoneInTime">Those that were done before the deadline.</param>
/// <param name="Escalated">Those that the department above had to be told of.</param>
/// <param name="Link">Where its tasks are.</param>
internal sealed record ReviewDepartment(string Department, int Asked, int Done, int NotedInTime, int DoneInTime, int Escalated, string Link);

/// <param name="TaskId">The task.</param>
/// <param name="Department">Who had it in the end.</param>
/// <param name="En">What was asked, in English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="State">What became of it.</param>
/// <param name="MinutesToNote">From the start until somebody took note; null if nobody did.</param>
/// <param name="MinutesAllowedToNote">As planned.</param>
/// <param name="MinutesToFinish">From the start until it was done; null if it was not.</param>
/// <param name="MinutesAllowedToFinish">As planned.</param>
/// <param name="LastReport">What the department said last.</param>
/// <param name="Link">Where its history is.</param>
internal sealed record ReviewTask(
    Guid TaskId, string Department, string En, string Zh, TaskState State, double? MinutesToNote, double MinutesAllowedToNote, double? MinutesToFinish, double MinutesAllowedToFinish, string? LastReport, string Link);

/// <param name="AlarmId">The alarm.</param>
/// <param name="Stream">What was counted.</param>
/// <param name="Area">Where.</param>
/// <param name="Day">The day that was out of the ordinary.</param>
/// <param name="Detector">The method.</param>
/// <param name="Observed">The day's value.</param>
/// <param name="UpperBound">More than this was out of the ordinary.</param>
/// <param name="RaisedAt">When detection knew, UTC.</param>
/// <param name="DaysAfterFirstDay">Days from the event's first day until then.</param>
/// <param name="Link">Where its ground is.</param>
internal sealed record ReviewAlarm(Guid AlarmId, SignalStream Stream, string Area, DateOnly Day, string Detector, double Observed, double UpperBound, DateTimeOffset RaisedAt, double DaysAfterFirstDay, string Link);

/// <summary>What a lesson changes.</summary>
public enum LessonTarget
{
    /// <summary>A detection rule; the next backtest of the version shows what it would have done.</summary>
    Rule,

    /// <summary>A threshold of a rule.</summary>
    Threshold,

    /// <summary>A response plan.</summary>
    Plan,
}

/// <summary>Where a lesson stands.</summary>
public enum LessonState
{
    /// <summary>Somebody is to change something.</summary>
    Open,

    /// <summary>It was changed: the version is on record.</summary>
    Done,

    /// <summary>It was decided not to, with the reason on record.</summary>
    Dropped,
}

/// <summary>What is to be different next time: a change to a rule, a plan or a threshold, with who answers for it and until when.</summary>
internal sealed class Lesson
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required LessonTarget Target { get; init; }

    /// <summary>The rule's code, or the plan's hazard.</summary>
    public required string TargetKey { get; init; }

    public required string En { get; init; }

    public required string Zh { get; init; }

    /// <summary>The department that answers for it.</summary>
    public required string Owner { get; init; }

    public required DateOnly DueOn { get; init; }

    public required Guid AuthorId { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>The author's key.</summary>
    public required Guid WriteKey { get; init; }

    public LessonState State { get; private set; }

    /// <summary>The version of the rule or plan that makes the change; null until it exists.</summary>
    public int? TargetVersion { get; private set; }

    public string? Note { get; private set; }

    public DateTimeOffset? SettledAt { get; private set; }

    /// <returns>The problem code if not; null if done.</returns>
    public string? Settle(LessonState state, int? version, string note, DateTimeOffset now)
    {
        if (State != LessonState.Open || state == LessonState.Open) return "lesson_settled";
        if (state == LessonState.Done && version is null) return "lesson_version_missing";
        (State, TargetVersion, Note, SettledAt) = (state, version, note, now);
        return null;
    }
}
