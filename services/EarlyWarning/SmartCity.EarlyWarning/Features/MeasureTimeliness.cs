using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>7-1-7: how long the city took to detect, to notify and to respond, for one event and for all. Drills are measured, and never counted.</summary>
internal static class MeasureTimeliness
{
    private const int MostEvents = 1000;

    private static readonly TimelinessView Example = new(
        Guid.Parse("019b0000-0000-7000-8000-000000000005"), new DateTimeOffset(2026, 3, 18, 16, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 3, 20, 4, 30, 0, TimeSpan.Zero), null, 1.5, 0.02, null, null, Exercise: false);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/events/{id:guid}/timeliness", ShowAsync)
            .WithName("ShowTimeliness").WithTags("Response").WithSummary("The 7-1-7 times of an event: from its first day to its detection, to the start of the response, to the end of the early actions.")
            .WithExample(answer: Example)
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/timeliness", SummariseAsync)
            .WithName("SummariseTimeliness").WithTags("Response").WithSummary("How many events of the last year kept 7-1-7, of those whose times are over; without drills and false alarms.")
            .WithExample(answer: new TimelinessSummary(12, 9, 8, 2.5, 0.3, 4.1, new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero)))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<TimelinessView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await db.Events.AsNoTracking().SingleOrDefaultAsync(happening => happening.Id == id, cancellationToken) is { } happening
            ? TypedResults.Ok(TimelinessView.Of(happening, await OfAsync(happening, db, cancellationToken)))
            : Refusal.NotFound("event_unknown");

    private static async Task<Ok<TimelinessSummary>> SummariseAsync(EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return TypedResults.Ok(await SummaryAsync(db, now, cancellationToken));
    }

    public static async Task<TimelinessSummary> SummaryAsync(EarlyWarningDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = now.AddYears(-1);
        var events = await db.Events.AsNoTracking().Where(e => !e.IsExercise && e.OpenedAt >= from && (e.State == EventState.Confirmed || e.State == EventState.Closed))
            .OrderByDescending(e => e.OpenedAt).Take(MostEvents).ToListAsync(cancellationToken);
        var ids = events.ConvertAll(e => e.Id);
        var responses = await db.EventResponses.AsNoTracking().Where(response => ids.Contains(response.EventId)).ToDictionaryAsync(response => response.EventId, cancellationToken);
        var tasks = (await db.DepartmentTasks.AsNoTracking().Where(task => ids.Contains(task.EventId)).ToListAsync(cancellationToken)).ToLookup(task => task.EventId);
        var times = events.ConvertAll(e => Timeliness.Of(e, responses.GetValueOrDefault(e.Id), [.. tasks[e.Id]]));
        return new TimelinessSummary(
            times.Count, times.Count(time => time.IsMet is not null), times.Count(time => time.IsMet == true), Median(times.Select(time => (double?)time.ToDetect)),
            Median(times.Select(time => time.ToNotify)), Median(times.Select(time => time.ToRespond)), now);
    }

    public static async Task<Timeliness> OfAsync(CityEvent happening, EarlyWarningDb db, CancellationToken cancellationToken) => Timeliness.Of(
        happening,
        await db.EventResponses.AsNoTracking().SingleOrDefaultAsync(response => response.EventId == happening.Id, cancellationToken),
        await db.DepartmentTasks.AsNoTracking().Where(task => task.EventId == happening.Id).ToListAsync(cancellationToken));

    private static double? Median(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().Order().ToList();
        return known.Count == 0 ? null : (known[(known.Count - 1) / 2] + known[known.Count / 2]) / 2;
    }

    /// <param name="EventId">The event.</param>
    /// <param name="EmergedAt">The beginning of its first day, UTC.</param>
    /// <param name="DetectedAt">When the city noticed, UTC.</param>
    /// <param name="NotifiedAt">When the departments were told what to do, UTC.</param>
    /// <param name="RespondedAt">When the early actions were all done, UTC.</param>
    /// <param name="DaysToDetect">At most 7 are wanted.</param>
    /// <param name="DaysToNotify">At most 1 is wanted.</param>
    /// <param name="DaysToRespond">At most 7 are wanted.</param>
    /// <param name="Met">Whether all three were kept; absent while one is not over.</param>
    /// <param name="Exercise">True in a drill.</param>
    internal sealed record TimelinessView(
        Guid EventId, DateTimeOffset EmergedAt, DateTimeOffset DetectedAt, DateTimeOffset? NotifiedAt, DateTimeOffset? RespondedAt, double DaysToDetect, double? DaysToNotify,
        double? DaysToRespond, bool? Met, bool Exercise)
    {
        public static TimelinessView Of(CityEvent happening, Timeliness time) => new(
            happening.Id, time.EmergedAt, time.DetectedAt, time.NotifiedAt, time.RespondedAt, time.ToDetect, time.ToNotify, time.ToRespond, time.IsMet, happening.IsExercise);
    }

    /// <param name="Events">Confirmed in the last year; at most 1000, the newest.</param>
    /// <param name="Over">Those whose times are over.</param>
    /// <param name="Met">Those that kept all three.</param>
    /// <param name="MedianDaysToDetect">Half took no longer; absent without any.</param>
    /// <param name="MedianDaysToNotify">Half took no longer.</param>
    /// <param name="MedianDaysToRespond">Half took no longer.</param>
    /// <param name="AsOf">When this was so, UTC.</param>
    internal sealed record TimelinessSummary(int Events, int Over, int Met, double? MedianDaysToDetect, double? MedianDaysToNotify, double? MedianDaysToRespond, DateTimeOffset AsOf);
}
