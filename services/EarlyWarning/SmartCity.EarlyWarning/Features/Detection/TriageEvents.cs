using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers look through events, which are alarms that belong together, and say what each is.</summary>
internal static class TriageEvents
{
    private static readonly EventView Example = new(
        Guid.Parse("019d0a3e-7c00-7000-8000-000000000005"), "3123N12147E", "health-commission", false, new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), new DateOnly(2026, 3, 18),
        new DateOnly(2026, 3, 20), EventState.Confirmed, "Two schools report the same", 3);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/events", ListAsync)
            .WithName("ListEvents").WithTags("Events").WithSummary("Events, the newest first: all, or those in one state.")
            .WithExample(answer: new Page<EventView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/events/{id:guid}", ShowAsync)
            .WithName("ShowEvent").WithTags("Events").WithSummary("One event; its alarms are at /alarms?event=.")
            .WithExample(answer: Example)
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapPost("/events/{id:guid}/decision", DecideAsync)
            .WithName("DecideEvent").WithTags("Events").WithSummary("Takes an event on: investigated, confirmed or dismissed, and at last closed; with the reason.")
            .WithExample(new DecisionRequest(EventState.Confirmed, "Two schools report the same"), Example)
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer);
    }

    private static async Task<Results<Ok<Page<EventView>>, Refusal>> ListAsync(Word<EventState>? state, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var events = db.Events.AsNoTracking().Where(happening => after == null || happening.Id < after);
        if (state is { Value: var wanted }) events = events.Where(happening => happening.State == wanted);
        var rows = await Views(db, events.OrderByDescending(happening => happening.Id).Take(page.Take + 1)).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<EventView>.From(rows, page.Take, happening => happening.EventId.ToString()));
    }

    private static async Task<Results<Ok<EventView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await Views(db, db.Events.AsNoTracking().Where(happening => happening.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } view
            ? TypedResults.Ok(view)
            : Refusal.NotFound("event_unknown");

    private static async Task<Results<Ok<EventView>, Refusal>> DecideAsync(
        Guid id, DecisionRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Events.SingleOrDefaultAsync(happening => happening.Id == id, cancellationToken) is not { } happening) return Refusal.NotFound("event_unknown");
        // The health commission answers for every event, another department for its own.
        if (!caller.Is(Roles.HealthOfficer) && caller.Department != happening.Department) return Refusal.Forbidden("event_of_another_department");
        if (happening.Decide(request.State, caller.Actor, request.Reason, clock.GetUtcNow()) is { } problem) return Refusal.Conflict(problem);
        await db.SaveChangesAsync(cancellationToken);
        return await ShowAsync(id, db, CancellationToken.None);
    }

    private static IQueryable<EventView> Views(EarlyWarningDb db, IQueryable<CityEvent> events) => events.Select(happening => new EventView(
        happening.Id, happening.Area == Area.City ? null : happening.Area, happening.Department, happening.IsExercise, happening.OpenedAt, happening.FirstDay, happening.LastDay, happening.State,
        happening.Reason, db.Alarms.Count(alarm => alarm.EventId == happening.Id)));

    /// <param name="State">Investigated, confirmed, dismissed or closed.</param>
    /// <param name="Reason">Why, for whoever reads it later; nothing about a person.</param>
    internal sealed record DecisionRequest(EventState State, [StringLength(500, MinimumLength = 1)] string Reason);

    /// <param name="EventId">The event.</param>
    /// <param name="Cell">Where its first alarm was; absent for the whole city.</param>
    /// <param name="Department">Who answers for it.</param>
    /// <param name="IsExercise">Whether it is a drill.</param>
    /// <param name="OpenedAt">When, UTC.</param>
    /// <param name="FirstDay">The first day with an alarm.</param>
    /// <param name="LastDay">The last day with an alarm.</param>
    /// <param name="State">What it was found to be.</param>
    /// <param name="Reason">Why; absent while new.</param>
    /// <param name="Alarms">How many alarms belong to it.</param>
    internal sealed record EventView(
        Guid EventId, string? Cell, string Department, bool IsExercise, DateTimeOffset OpenedAt, DateOnly FirstDay, DateOnly LastDay, EventState State, string? Reason, int Alarms);
}
