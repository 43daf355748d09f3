using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Builds the review of every event that was closed, within seconds. Of two replicas that build the same one, one finds the row taken.</summary>
internal sealed partial class BuildReviews(IServiceScopeFactory scopes, TimeProvider clock, ILogger<BuildReviews> logger) : BackgroundService
{
    private const int Batch = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException })
            {
                BuildFailed(fault);
            }

            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
        var due = await db.Events.AsNoTracking().Where(e => e.State == EventState.Closed && !db.Reviews.Any(review => review.EventId == e.Id)).OrderBy(e => e.DecidedAt).Take(Batch).ToListAsync(cancellationToken);
        foreach (var happening in due)
        {
            db.Add(await BuildAsync(happening, version: 1, db, clock.GetUtcNow(), cancellationToken));
            await db.SaveChangesAsync(cancellationToken);
            Built(happening.Id);
        }
    }

    /// <summary>Puts together what is known now about a closed event.</summary>
    public static async Task<KeptReview> BuildAsync(CityEvent happening, int version, EarlyWarningDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var firstDay = new DateTimeOffset(happening.FirstDay.ToDateTime(TimeOnly.MinValue), CityDay.Offset).ToUniversalTime();
        var (from, to) = (firstDay.AddDays(-7), happening.DecidedAt ?? now);
        var response = await db.EventResponses.AsNoTracking().SingleOrDefaultAsync(response => response.EventId == happening.Id, cancellationToken);
        var tasks = await db.DepartmentTasks.AsNoTracking().Where(task => task.EventId == happening.Id).OrderBy(task => task.AcknowledgeBy).ThenBy(task => task.StepKey).ToListAsync(cancellationToken);
        var ids = tasks.ConvertAll(task => task.Id);
        var notes = await db.TaskNotes.AsNoTracking().Where(note => ids.Contains(note.TaskId)).OrderBy(note => note.At).ThenBy(note => note.Id).ToListAsync(cancellationToken);
        var alarms = await db.Alarms.AsNoTracking().Where(alarm => alarm.EventId == happening.Id).OrderBy(alarm => alarm.RaisedAt).ToListAsync(cancellationToken);
        var warnings = await db.Warnings.AsNoTracking().Where(warning => warning.EventId == happening.Id && warning.IssuedAt != null).OrderBy(warning => warning.IssuedAt).ToListAsync(cancellationToken);
        var cell = Area.Cell(happening.Area);
        var entries = await ReadTimeline.Of(db, from, to, cell).ToListAsync(cancellationToken);

        var times = Timeliness.Of(happening, response, tasks);
        var review = new AfterActionReview(
            happening.Id, happening.Area, happening.IsExercise, response?.Hazard, response?.PlanVersion, from, to, times, times.IsMet,
            [.. Steps(happening, response, tasks, notes, alarms, warnings, entries).OrderBy(step => step.At)],
            [.. Days(entries, cell)], [.. Departments(happening, tasks, notes)], [.. tasks.Select(task => TaskOf(task, notes))],
            [.. alarms.Select(alarm => new ReviewAlarm(alarm.Id, alarm.Stream, alarm.Area, alarm.Day, alarm.Detector, alarm.Observed, alarm.UpperBound, alarm.RaisedAt, (alarm.RaisedAt - firstDay).TotalDays, $"/early-warning/v1/alarms/{alarm.Id}"))]);
        return new KeptReview { EventId = happening.Id, Version = version, BuiltAt = now, Review = review };
    }

    private static IEnumerable<ReviewStep> Steps(
        CityEvent happening, EventResponse? response, List<DepartmentTask> tasks, List<TaskNote> notes, List<Alarm> alarms, List<Warning> warnings, List<TimelineEntry> entries)
    {
        var here = $"/early-warning/v1/events/{happening.Id}";
        yield return new ReviewStep(happening.OpenedAt, "event", "The event was opened.", "事件建立。", here);
        if (happening.DecidedAt is { } closed) yield return new ReviewStep(closed, "event", $"The event was closed: {happening.Reason}", $"事件关闭：{happening.Reason}", here);
        if (response is not null) yield return new ReviewStep(response.StartedAt, "response", $"The plan {response.Hazard} {response.PlanVersion} was started.", $"启动预案 {response.Hazard} {response.PlanVersion}。", $"/early-warning/v1/tasks?eventId={happening.Id}");
        foreach (var alarm in alarms) yield return new ReviewStep(alarm.RaisedAt, "alarm", $"{alarm.Detector} fired on {alarm.Stream} of {alarm.Day:yyyy-MM-dd} in {alarm.Area}.", $"{alarm.Detector} 对 {alarm.Area} {alarm.Day:yyyy-MM-dd} 的 {alarm.Stream} 发出异常。", $"/early-warning/v1/alarms/{alarm.Id}");
        foreach (var warning in warnings)
        {
            yield return new ReviewStep(warning.IssuedAt!.Value, "warning", $"{warning.Kind} issued ({warning.Severity}): {warning.En.Headline}", $"发布预警（{warning.Kind}，{warning.Severity}）：{warning.Zh.Headline}", $"/early-warning/v1/warnings/{warning.Id}");
            if (warning.CancelledAt is { } cancelled) yield return new ReviewStep(cancelled, "warning", $"Cancelled: {warning.En.Headline}", $"撤销预警：{warning.Zh.Headline}", $"/early-warning/v1/warnings/{warning.Id}");
        }

        foreach (var note in notes.Where(note => note.Kind != TaskNoteKind.Assigned))
        {
            var task = tasks.Single(task => task.Id == note.TaskId);
            yield return new ReviewStep(note.At, "task", $"{note.Department}: {task.StepKey} {note.Kind}{(note.Text is null ? "" : $": {note.Text}")}", $"{note.Department}：{task.StepKey} {note.Kind}{(note.Text is null ? "" : $"：{note.Text}")}", $"/early-warning/v1/tasks/{task.Id}");
        }

        foreach (var bulletin in entries.Where(entry => entry.Kind == TimelineKind.Bulletin))
        {
            yield return new ReviewStep(bulletin.At!.Value, "bulletin", "A bulletin was published or corrected.", "发布或更正通报。", $"/government-services/v1/bulletins/{bulletin.Key.Split(' ')[0]}");
        }

        foreach (var first in entries.Where(entry => entry.Kind is TimelineKind.Case or TimelineKind.Exposure or TimelineKind.Report).GroupBy(entry => entry.Kind).Select(kind => kind.MinBy(entry => entry.At)!))
        {
            yield return new ReviewStep(first.At!.Value, "first", $"First {first.Kind} of the period.", $"时段内首个 {first.Kind}。", Link(first.Kind, CityDay.Of(first.At.Value), Area.Cell(happening.Area)));
        }
    }

    private static IEnumerable<ReviewCount> Days(List<TimelineEntry> entries, string? cell) =>
        from entry in entries
        group entry.Count by (entry.Kind, Subject: entry.Kind is TimelineKind.CodeChanges or TimelineKind.Bookings ? entry.Subject : null, Day: CityDay.Of(entry.At!.Value)) into day
        orderby day.Key.Day, day.Key.Kind, day.Key.Subject
        select new ReviewCount(day.Key.Kind, day.Key.Subject, day.Key.Day, day.Sum(), Link(day.Key.Kind, day.Key.Day, cell));

    private static IEnumerable<ReviewDepartment> Departments(CityEvent happening, List<DepartmentTask> tasks, List<TaskNote> notes) =>
        from task in tasks
        group task by task.Department into department
        orderby department.Key
        select new ReviewDepartment(
            department.Key, department.Count(), department.Count(task => task.State == TaskState.Done), department.Count(task => task.AcknowledgedAt <= task.AcknowledgeBy),
            department.Count(task => task.DoneAt <= task.FinishBy), department.Count(task => notes.Any(note => note.TaskId == task.Id && note.Kind == TaskNoteKind.Escalated)),
            $"/early-warning/v1/tasks?eventId={happening.Id}");

    private static ReviewTask TaskOf(DepartmentTask task, List<TaskNote> notes) => new(
        task.Id, task.Department, task.En, task.Zh, task.State, (task.AcknowledgedAt - task.AssignedAt)?.TotalMinutes, (task.AcknowledgeBy - task.AssignedAt).TotalMinutes,
        (task.DoneAt - task.AssignedAt)?.TotalMinutes, (task.FinishBy - task.AssignedAt).TotalMinutes,
        notes.LastOrDefault(note => note.TaskId == task.Id && note.Kind is TaskNoteKind.Reported or TaskNoteKind.Done && note.TaskId == task.Id)?.Text, $"/early-warning/v1/tasks/{task.Id}");

    private static string Link(TimelineKind kind, DateOnly day, string? cell)
    {
        var word = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
        return string.Create(CultureInfo.InvariantCulture, $"/early-warning/v1/timeline?kind={word}&from={day:yyyy-MM-dd}T00:00:00%2B08:00&to={day.AddDays(1):yyyy-MM-dd}T00:00:00%2B08:00{(cell is null ? "" : $"&cell={cell}")}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The review of event {EventId} was built")]
    private partial void Built(Guid eventId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reviews could not be built")]
    private partial void BuildFailed(Exception fault);
}
