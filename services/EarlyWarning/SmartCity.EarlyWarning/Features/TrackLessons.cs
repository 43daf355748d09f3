using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>What an event taught becomes a change that somebody answers for until a day: to a rule, a threshold or a response plan.</summary>
internal static class TrackLessons
{
    private static readonly LessonView Example = new(
        Guid.Parse("019b0000-0000-7000-8000-000000000008"), WorkOnTasks.Example.EventId, LessonTarget.Plan, "infectious-disease", "Give tracing half an hour to take note, not an hour.", "流调签收时限由一小时缩短为半小时。",
        "public-security", new DateOnly(2026, 6, 1), LessonState.Open, null, null, null, Overdue: false);

    private static readonly string[] Readers = [Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor];

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/events/{id:guid}/lessons", WriteAsync)
            .WithName("WriteLesson").WithTags("Reviews").WithSummary("Writes down what is to change after a closed event, who answers for it and until when.")
            .WithExample(new LessonRequest(LessonTarget.Plan, "infectious-disease", Example.En, Example.Zh, "public-security", Example.DueOn), Example)
            .Allow(Roles.HealthOfficer);
        features.MapGet("/lessons", ListAsync)
            .WithName("ListLessons").WithTags("Reviews").WithSummary("Lessons of all events, the newest first; with a state only those.")
            .WithExample(answer: new Page<LessonView>([Example])).Allow(Readers);
        features.MapGet("/lessons/{id:guid}", ShowAsync)
            .WithName("ShowLesson").WithTags("Reviews").WithSummary("One lesson.")
            .WithExample(answer: Example).Allow(Readers);
        features.MapPost("/lessons/{id:guid}/settlement", SettleAsync)
            .WithName("SettleLesson").WithTags("Reviews").WithSummary("Says which version made the change, or why it is not made. The owner's department or a health officer does.")
            .WithExample(new SettlementRequest(LessonState.Done, "Version 2 is in force.", 2), Example with { State = LessonState.Done, TargetVersion = 2, Note = "Version 2 is in force." })
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer);
    }

    private static async Task<Results<Ok<LessonView>, Refusal>> WriteAsync(
        Guid id, LessonRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Lessons.AsNoTracking().SingleOrDefaultAsync(lesson => lesson.AuthorId == caller.Actor && lesson.WriteKey == key.Value, cancellationToken) is { } before) return TypedResults.Ok(LessonView.Of(before, now));
        if (await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } happening) return Refusal.NotFound("event_unknown");
        if (happening.State != EventState.Closed) return Refusal.Conflict("event_not_closed");
        if (request.DueOn < CityDay.Of(now)) return Refusal.Invalid("due_invalid", "dueOn");
        if (!await IsKnownAsync(request.Target, request.TargetKey, version: null, db, cancellationToken)) return Refusal.Invalid("lesson_target_unknown", "targetKey");

        var lesson = new Lesson
        {
            Id = Guid.CreateVersion7(now), EventId = id, Target = request.Target, TargetKey = request.TargetKey, En = request.En, Zh = request.Zh, Owner = request.Owner,
            DueOn = request.DueOn, AuthorId = caller.Actor, WrittenAt = now, WriteKey = key.Value,
        };
        db.Add(lesson);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(LessonView.Of(lesson, now));
    }

    private static async Task<Results<Ok<Page<LessonView>>, Refusal>> ListAsync(Word<LessonState>? state, [AsParameters] PageQuery page, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var wanted = state?.Value;
        var rows = await db.Lessons.AsNoTracking().Where(lesson => (after == null || lesson.Id < after) && (wanted == null || lesson.State == wanted))
            .OrderByDescending(lesson => lesson.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<LessonView>.From([.. rows.Select(lesson => LessonView.Of(lesson, clock.GetUtcNow()))], page.Take, lesson => lesson.LessonId.ToString()));
    }

    private static async Task<Results<Ok<LessonView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        await db.Lessons.AsNoTracking().SingleOrDefaultAsync(lesson => lesson.Id == id, cancellationToken) is { } lesson ? TypedResults.Ok(LessonView.Of(lesson, clock.GetUtcNow())) : Refusal.NotFound("lesson_unknown");

    private static async Task<Results<Ok<LessonView>, Refusal>> SettleAsync(
        Guid id, SettlementRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Lessons.SingleOrDefaultAsync(lesson => lesson.Id == id, cancellationToken) is not { } lesson) return Refusal.NotFound("lesson_unknown");
        if (!caller.Is(Roles.HealthOfficer) && caller.Department != lesson.Owner) return Refusal.Forbidden("lesson_not_yours");
        if (request.Version is not null && !await IsKnownAsync(lesson.Target, lesson.TargetKey, request.Version, db, cancellationToken)) return Refusal.Invalid("lesson_target_unknown", "version");
        if (lesson.Settle(request.State, request.Version, request.Note, now) is { } code) return Refusal.Conflict(code);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(LessonView.Of(lesson, now));
    }

    /// <summary>A change that nobody can look up is none: the plan or rule must exist, and the version that makes the change must be, or have been, in force.</summary>
    private static Task<bool> IsKnownAsync(LessonTarget target, string key, int? version, EarlyWarningDb db, CancellationToken cancellationToken) =>
        target == LessonTarget.Plan
            ? db.ResponsePlans.AnyAsync(plan => plan.Hazard == key && (version == null || (plan.Version == version && plan.ApprovedAt != null)), cancellationToken)
            : db.Rules.AnyAsync(rule => rule.Code == key && (version == null || (rule.Version == version && rule.LiveFrom != null)), cancellationToken);

    /// <param name="Target">What it changes.</param>
    /// <param name="TargetKey">The rule's code, or the plan's hazard.</param>
    /// <param name="En">What is to change, in English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    /// <param name="Owner">The department that answers for it.</param>
    /// <param name="DueOn">Until when, a day of the city that is not over.</param>
    internal sealed record LessonRequest(
        LessonTarget Target, [property: Required, StringLength(100, MinimumLength = 1)] string TargetKey, [property: Required, StringLength(2000, MinimumLength = 1)] string En,
        [property: Required, StringLength(2000, MinimumLength = 1)] string Zh, [property: Required, RegularExpression("[a-z][a-z0-9-]{1,49}")] string Owner, DateOnly DueOn);

    /// <param name="State">Done, or dropped.</param>
    /// <param name="Note">What was changed, or why not.</param>
    /// <param name="Version">The version of the rule or plan that makes the change; required when done.</param>
    internal sealed record SettlementRequest(LessonState State, [property: Required, StringLength(2000, MinimumLength = 1)] string Note, [property: Range(1, 1_000_000)] int? Version = null);

    /// <param name="LessonId">The lesson.</param>
    /// <param name="EventId">The event that taught it.</param>
    /// <param name="Target">What it changes.</param>
    /// <param name="TargetKey">Which.</param>
    /// <param name="En">What is to change, in English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    /// <param name="Owner">The department that answers for it.</param>
    /// <param name="DueOn">Until when.</param>
    /// <param name="State">Where it stands.</param>
    /// <param name="TargetVersion">The version that makes the change.</param>
    /// <param name="Note">What was changed, or why not.</param>
    /// <param name="SettledAt">When, UTC.</param>
    /// <param name="Overdue">Whether the day is over and the lesson open.</param>
    internal sealed record LessonView(
        Guid LessonId, Guid EventId, LessonTarget Target, string TargetKey, string En, string Zh, string Owner, DateOnly DueOn, LessonState State, int? TargetVersion, string? Note,
        DateTimeOffset? SettledAt, bool Overdue)
    {
        public static LessonView Of(Lesson lesson, DateTimeOffset now) => new(
            lesson.Id, lesson.EventId, lesson.Target, lesson.TargetKey, lesson.En, lesson.Zh, lesson.Owner, lesson.DueOn, lesson.State, lesson.TargetVersion, lesson.Note, lesson.SettledAt,
            lesson.State == LessonState.Open && lesson.DueOn < CityDay.Of(now));
    }
}
