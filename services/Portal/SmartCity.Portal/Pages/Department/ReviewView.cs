namespace SmartCity.Portal.Pages.Department;

/// <summary>The after-action review of an event, as early warning answers it.</summary>
public sealed record ReviewView(int Version, DateTimeOffset BuiltAt, ReviewView.Content Review)
{
    public sealed record Content(
        Guid EventId, string Area, bool Exercise, string? Hazard, int? PlanVersion, DateTimeOffset From, DateTimeOffset To, Timeliness Times, bool? TimesMet, IReadOnlyList<Step> Steps,
        IReadOnlyList<DayCount> Days, IReadOnlyList<Row> Departments, IReadOnlyList<Asked> Tasks, IReadOnlyList<Alarm> Alarms);

    public sealed record Timeliness(double? ToDetect, double? ToNotify, double? ToRespond);

    public sealed record Step(DateTimeOffset At, string Kind, string En, string Zh, string Link);

    public sealed record DayCount(string Kind, string? Subject, DateOnly Day, int Count);

    public sealed record Row(string Department, int Asked, int Done, int NotedInTime, int DoneInTime, int Escalated);

    public sealed record Asked(Guid TaskId, string Department, string En, string Zh, string State, double? MinutesToNote, double MinutesAllowedToNote, double? MinutesToFinish, double MinutesAllowedToFinish, string? LastReport);

    public sealed record Alarm(Guid AlarmId, string Stream, string Area, DateOnly Day, string Detector, double Observed, double UpperBound, DateTimeOffset RaisedAt, double DaysAfterFirstDay);
}

/// <summary>What is to be different next time.</summary>
public sealed record LessonView(Guid LessonId, Guid EventId, string Target, string TargetKey, string En, string Zh, string Owner, DateOnly DueOn, string State, int? TargetVersion, string? Note, DateTimeOffset? SettledAt, bool Overdue);
