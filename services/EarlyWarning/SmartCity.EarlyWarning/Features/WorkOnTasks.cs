using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A department takes note of its tasks, reports on them, and hands over what is another's. Health officers see all departments' tasks.</summary>
internal static class WorkOnTasks
{
    public static readonly TaskView Example = new(
        Guid.Parse("019b0000-0000-7000-8000-000000000006"), Guid.Parse("019b0000-0000-7000-8000-000000000005"), "trace", "public-security", TaskState.Assigned,
        "Support tracing: find and inform contacts.", "配合流调：查找并通知接触者。", false, new DateTimeOffset(2026, 3, 20, 4, 30, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 3, 20, 5, 30, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 22, 4, 30, 0, TimeSpan.Zero), null, null, null, "emergency-management");

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/tasks", ListAsync)
            .WithName("ListTasks").WithTags("Response").WithSummary("Tasks of the caller's department, and those that were escalated to it; for health officers, approvers and auditors those of all. The newest first.")
            .WithExample(answer: new Page<TaskView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/tasks/{id:guid}", ShowAsync)
            .WithName("ShowTask").WithTags("Response").WithSummary("One task with its history.")
            .WithExample(answer: new TaskHistory(Example, [new NoteView(Example.AssignedAt, TaskNoteKind.Assigned, "public-security", null)]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapPost("/tasks/{id:guid}/acknowledgement", AcknowledgeAsync)
            .WithName("AcknowledgeTask").WithTags("Response").WithSummary("Takes note; asked again, nothing more happens.")
            .WithExample(answer: Example with { State = TaskState.Acknowledged, AcknowledgedAt = Example.AssignedAt.AddMinutes(7) })
            .Allow(Roles.DepartmentOfficer, Roles.HealthOfficer);
        features.MapPost("/tasks/{id:guid}/reports", ReportAsync)
            .WithName("ReportOnTask").WithTags("Response").WithSummary("Says how it goes, or that it is done; whoever reports has taken note.")
            .WithExample(new ReportRequest("All 14 contacts were informed.", Done: true), Example with { State = TaskState.Done, AcknowledgedAt = Example.AssignedAt.AddMinutes(7), DoneAt = Example.AssignedAt.AddHours(5) })
            .Allow(Roles.DepartmentOfficer, Roles.HealthOfficer);
        features.MapPost("/tasks/{id:guid}/handover", HandOverAsync)
            .WithName("HandOverTask").WithTags("Response").WithSummary("Gives a task that is not done to another department of the response, which has as long to take note as the first had.")
            .WithExample(new HandOverRequest("emergency-management", "The contacts live in temporary housing."), Example with { Department = "emergency-management" })
            .Allow(Roles.DepartmentOfficer, Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<Page<TaskView>>, Refusal>> ListAsync(
        Guid? eventId, bool? open, [AsParameters] PageQuery page, Caller caller, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var (all, department) = (SeesAll(caller), caller.Department);
        var rows = await db.DepartmentTasks.AsNoTracking()
            .Where(task => all || task.Department == department || (task.EscalatedAt != null && task.EscalatesTo == department))
            .Where(task => (after == null || task.Id < after) && (eventId == null || task.EventId == eventId) && (open == null || (task.State != TaskState.Done) == open))
            .OrderByDescending(task => task.Id)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<TaskView>.From([.. rows.Select(TaskView.Of)], page.Take, task => task.TaskId.ToString()));
    }

    private static async Task<Results<Ok<TaskHistory>, Refusal>> ShowAsync(Guid id, Caller caller, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var task = await db.DepartmentTasks.AsNoTracking().SingleOrDefaultAsync(task => task.Id == id, cancellationToken);
        if (task is null || !(SeesAll(caller) || task.ConcernsDepartment(caller.Department))) return Refusal.NotFound("task_unknown");
        var notes = await db.TaskNotes.AsNoTracking().Where(note => note.TaskId == id).OrderBy(note => note.At).ThenBy(note => note.Id)
            .Select(note => new NoteView(note.At, note.Kind, note.Department, note.Text)).ToListAsync(cancellationToken);
        return TypedResults.Ok(new TaskHistory(TaskView.Of(task), notes));
    }

    private static Task<Results<Ok<TaskView>, Refusal>> AcknowledgeAsync(Guid id, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        ChangeAsync(id, caller, db, clock.GetUtcNow(), (task, now) => task.Acknowledge(now) ? TaskNoteKind.Acknowledged : null, text: null, cancellationToken);

    private static Task<Results<Ok<TaskView>, Refusal>> ReportAsync(Guid id, ReportRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        ChangeAsync(id, caller, db, clock.GetUtcNow(), (task, now) =>
        {
            if (task.State == TaskState.Done) return null;
            task.Report(request.Done, now);
            return request.Done ? TaskNoteKind.Done : TaskNoteKind.Reported;
        }, request.Text, cancellationToken);

    private static async Task<Results<Ok<TaskView>, Refusal>> HandOverAsync(Guid id, HandOverRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var task = await db.DepartmentTasks.AsNoTracking().SingleOrDefaultAsync(task => task.Id == id, cancellationToken);
        if (task?.State == TaskState.Done) return Refusal.Conflict("task_done");
        // Only a department that is part of a response somewhere is known to look.
        if (!await db.DepartmentTasks.AnyAsync(other => other.Department == request.Department || other.EscalatesTo == request.Department, cancellationToken)) return Refusal.Invalid("department_unknown", "department");
        return await ChangeAsync(id, caller, db, clock.GetUtcNow(), (task, now) =>
        {
            if (task.Department == request.Department) return null;
            task.HandOver(request.Department, now);
            return TaskNoteKind.HandedOver;
        }, request.Reason, cancellationToken);
    }

    /// <summary>Changes a task of the caller's department and writes its history, in one save; a step that was done before changes nothing.</summary>
    private static async Task<Results<Ok<TaskView>, Refusal>> ChangeAsync(
        Guid id, Caller caller, EarlyWarningDb db, DateTimeOffset now, Func<DepartmentTask, DateTimeOffset, TaskNoteKind?> change, string? text, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await db.DepartmentTasks.SingleOrDefaultAsync(task => task.Id == id, cancellationToken) is not { } task || !task.ConcernsDepartment(department)) return Refusal.NotFound("task_unknown");
        if (change(task, now) is { } kind)
        {
            db.Add(new TaskNote { Id = Guid.CreateVersion7(now), TaskId = id, At = now, Kind = kind, Department = kind == TaskNoteKind.HandedOver ? task.Department : department, OfficerId = caller.Actor, Text = text });
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(TaskView.Of(task));
    }

    private static bool SeesAll(Caller caller) => caller.Is(Roles.HealthOfficer) || caller.Is(Roles.Approver) || caller.Is(Roles.Auditor);

    /// <param name="Text">How it goes; no names.</param>
    /// <param name="Done">Whether it is done.</param>
    internal sealed record ReportRequest([property: Required, StringLength(2000, MinimumLength = 1)] string Text, bool Done = false);

    /// <param name="Department">Who has it from now on.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record HandOverRequest([property: Required, StringLength(50, MinimumLength = 1)] string Department, [property: Required, StringLength(2000, MinimumLength = 1)] string Reason);

    /// <param name="TaskId">The task.</param>
    /// <param name="EventId">The event it is about.</param>
    /// <param name="Step">Its name in the plan.</param>
    /// <param name="Department">Who does it.</param>
    /// <param name="State">Where it stands.</param>
    /// <param name="En">What to do, in English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    /// <param name="Exercise">True in a drill.</param>
    /// <param name="AssignedAt">When the response began, UTC.</param>
    /// <param name="AcknowledgeBy">Until when somebody must have taken note, UTC.</param>
    /// <param name="FinishBy">Until when it must be done, UTC.</param>
    /// <param name="AcknowledgedAt">When somebody took note, UTC.</param>
    /// <param name="DoneAt">When it was done, UTC.</param>
    /// <param name="EscalatedAt">When the department above was told that nobody took note, UTC.</param>
    /// <param name="EscalatesTo">The department above.</param>
    internal sealed record TaskView(
        Guid TaskId, Guid EventId, string Step, string Department, TaskState State, string En, string Zh, bool Exercise, DateTimeOffset AssignedAt, DateTimeOffset AcknowledgeBy,
        DateTimeOffset FinishBy, DateTimeOffset? AcknowledgedAt, DateTimeOffset? DoneAt, DateTimeOffset? EscalatedAt, string EscalatesTo)
    {
        public static TaskView Of(DepartmentTask task) => new(
            task.Id, task.EventId, task.StepKey, task.Department, task.State, task.En, task.Zh, task.IsExercise, task.AssignedAt, task.AcknowledgeBy, task.FinishBy,
            task.AcknowledgedAt, task.DoneAt, task.EscalatedAt, task.EscalatesTo);
    }

    /// <param name="Task">The task.</param>
    /// <param name="Notes">What happened to it, the oldest first.</param>
    internal sealed record TaskHistory(TaskView Task, IReadOnlyList<NoteView> Notes);

    /// <param name="At">When, UTC.</param>
    /// <param name="Kind">What.</param>
    /// <param name="Department">Who did it, or was told.</param>
    /// <param name="Text">What was reported, or why.</param>
    internal sealed record NoteView(DateTimeOffset At, TaskNoteKind Kind, string Department, string? Text);
}
