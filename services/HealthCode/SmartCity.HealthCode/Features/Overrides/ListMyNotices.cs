using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person reads what they were told without asking: orders about them, answers to their appeals.</summary>
internal static class ListMyNotices
{
    /// <param name="Id">The notice.</param>
    /// <param name="Kind">What it is about.</param>
    /// <param name="Text">The same in the language of the request, with what they can do.</param>
    /// <param name="Reference">The order or appeal.</param>
    /// <param name="At">UTC.</param>
    public sealed record Entry(Guid Id, NoticeKind Kind, string Text, Guid Reference, DateTimeOffset At);

    public static void Map(RouteGroupBuilder me) => me.MapGet("/notices", HandleAsync)
        .WithName("ListMyNotices")
        .WithSummary("What I was told, newest first")
        .WithExample(answer: new Page<Entry>([new Entry(Examples.Order, NoticeKind.OverrideOrdered, "Two officers set your code by hand.", Examples.Order, Examples.Now)]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        // Ids of notices are in order of time (UUID version 7).
        var notices = await (
            from citizen in db.Citizens
            where citizen.AccountId == caller.AccountId
            join notice in db.Notices on citizen.Id equals notice.CitizenId
            where after == null || notice.Id < after
            orderby notice.Id descending
            select notice).AsNoTracking().Take(page.Take + 1).ToListAsync(cancellationToken);
        Entry[] entries = [.. notices.Select(notice => new Entry(notice.Id, notice.Kind, Texts.Of(notice.Kind), notice.Reference, notice.At))];
        return TypedResults.Ok(Page<Entry>.From(entries, page.Take, entry => entry.Id.ToString()));
    }
}
