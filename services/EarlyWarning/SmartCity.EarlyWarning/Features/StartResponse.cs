using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>An officer sets a response plan in motion for a confirmed event, or for a drill: every department of the plan has its tasks at once.</summary>
internal static class StartResponse
{
    private static readonly ResponseView Example = new(
        Guid.Parse("019b0000-0000-7000-8000-000000000005"), "infectious-disease", 1, Exercise: false, new DateTimeOffset(2026, 3, 20, 4, 30, 0, TimeSpan.Zero), [WorkOnTasks.Example]);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/events/{id:guid}/response", HandleAsync)
            .WithName("StartResponse").WithTags("Response").WithSummary("Starts the plan in force for the hazard; asked again, gives the first answer. An event has one response.")
            .WithExample(new ResponseRequest("infectious-disease"), Example)
            .Allow(Roles.HealthOfficer);
        features.MapPost("/drills", DrillAsync)
            .WithName("StartDrill").WithTags("Response").WithSummary("Starts a drill: an event, its response and its warnings go the usual way, marked as exercise and outside of all statistics.")
            .WithExample(new DrillRequest("infectious-disease", "3123N12147E"), Example with { Exercise = true })
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<ResponseView>, Refusal>> HandleAsync(Guid id, ResponseRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Events.SingleOrDefaultAsync(happening => happening.Id == id, cancellationToken) is not { } happening) return Refusal.NotFound("event_unknown");
        if (await db.EventResponses.AsNoTracking().SingleOrDefaultAsync(response => response.EventId == id, cancellationToken) is { } before)
        {
            return TypedResults.Ok(ResponseView.Of(before, await db.DepartmentTasks.AsNoTracking().Where(task => task.EventId == id).OrderBy(task => task.Id).ToListAsync(cancellationToken)));
        }

        if (happening.State != EventState.Confirmed) return Refusal.Conflict("event_not_confirmed");
        return await StartAsync(happening, request.Hazard, caller, db, clock.GetUtcNow(), cancellationToken);
    }

    private static async Task<Results<Ok<ResponseView>, Refusal>> DrillAsync(
        DrillRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.Cell is not null && !GridCell.TryParse(request.Cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        // The client's key names the event, so that the same drill begins once.
        if (await db.EventResponses.AsNoTracking().SingleOrDefaultAsync(response => response.EventId == key.Value && response.StartedBy == caller.Actor, cancellationToken) is { } before)
        {
            return TypedResults.Ok(ResponseView.Of(before, await db.DepartmentTasks.AsNoTracking().Where(task => task.EventId == key.Value).OrderBy(task => task.Id).ToListAsync(cancellationToken)));
        }

        var now = clock.GetUtcNow();
        var happening = new CityEvent
        {
            Id = key.Value, Area = request.Cell ?? Area.City, Department = department, IsExercise = true, OpenedAt = now, FirstDay = CityDay.Of(now), LastDay = CityDay.Of(now),
        };
        happening.Decide(EventState.Confirmed, caller.Actor, "drill", now);
        db.Add(happening);
        return await StartAsync(happening, request.Hazard, caller, db, now, cancellationToken);
    }

    private static async Task<Results<Ok<ResponseView>, Refusal>> StartAsync(
        CityEvent happening, string hazard, Caller caller, EarlyWarningDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plan = await db.ResponsePlans.AsNoTracking().Where(plan => plan.Hazard == hazard && plan.ApprovedAt != null).OrderByDescending(plan => plan.Version).FirstOrDefaultAsync(cancellationToken);
        if (plan is null) return Refusal.Invalid("plan_missing", "hazard");

        var response = new EventResponse { EventId = happening.Id, Hazard = hazard, PlanVersion = plan.Version, StartedAt = now, StartedBy = caller.Actor };
        var tasks = plan.TasksOf(happening, now).ToList();
        db.Add(response);
        db.AddRange(tasks);
        db.AddRange(tasks.Select(task => new TaskNote { Id = Guid.CreateVersion7(now), TaskId = task.Id, At = now, Kind = TaskNoteKind.Assigned, Department = task.Department, OfficerId = caller.Actor }));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ResponseView.Of(response, tasks));
    }

    /// <param name="Hazard">Which plan.</param>
    internal sealed record ResponseRequest([property: Required, StringLength(50, MinimumLength = 1)] string Hazard);

    /// <param name="Hazard">Which plan to practise.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    internal sealed record DrillRequest([property: Required, StringLength(50, MinimumLength = 1)] string Hazard, string? Cell = null);

    /// <param name="EventId">The event.</param>
    /// <param name="Hazard">The plan's hazard.</param>
    /// <param name="PlanVersion">The plan's version.</param>
    /// <param name="Exercise">True in a drill.</param>
    /// <param name="StartedAt">When the departments were told, UTC.</param>
    /// <param name="Tasks">What they are to do.</param>
    internal sealed record ResponseView(Guid EventId, string Hazard, int PlanVersion, bool Exercise, DateTimeOffset StartedAt, IReadOnlyList<WorkOnTasks.TaskView> Tasks)
    {
        public static ResponseView Of(EventResponse response, IReadOnlyList<DepartmentTask> tasks) => new(
            response.EventId, response.Hazard, response.PlanVersion, tasks.Any(task => task.IsExercise), response.StartedAt, [.. tasks.Select(WorkOnTasks.TaskView.Of)]);
    }
}
