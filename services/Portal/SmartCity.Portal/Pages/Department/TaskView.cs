namespace SmartCity.Portal.Pages.Department;

/// <summary>A department's task, as early warning answers it.</summary>
public sealed record TaskView(
    Guid TaskId, Guid EventId, string Step, string Department, string State, string En, string Zh, bool Exercise, DateTimeOffset AssignedAt, DateTimeOffset AcknowledgeBy, DateTimeOffset FinishBy,
    DateTimeOffset? AcknowledgedAt, DateTimeOffset? DoneAt, DateTimeOffset? EscalatedAt, string EscalatesTo)
{
    public string Text => Web.Preferences.IsChinese ? Zh : En;
}

/// <summary>A task with what happened to it.</summary>
public sealed record TaskHistory(TaskView Task, IReadOnlyList<TaskHistory.Note> Notes)
{
    public sealed record Note(DateTimeOffset At, string Kind, string Department, string? Text);
}

/// <summary>Alarms that belong together.</summary>
public sealed record EventView(
    Guid EventId, string? Cell, string Department, bool IsExercise, DateTimeOffset OpenedAt, DateOnly FirstDay, DateOnly LastDay, string State, string? Reason, int Alarms);
