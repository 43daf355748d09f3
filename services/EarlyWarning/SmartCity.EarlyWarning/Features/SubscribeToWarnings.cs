using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Citizens say of which areas and from which severity on they want to be warned, and are: at once on an open connection, and whenever they ask.</summary>
internal static class SubscribeToWarnings
{
    private static readonly SubscriptionView Example = new("3123N12147E", Severity.Moderate, new DateTimeOffset(2026, 3, 1, 4, 0, 0, TimeSpan.Zero));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPut("/me/subscriptions/{area}", SubscribeAsync)
            .WithName("SubscribeToWarnings").WithTags("My warnings").WithSummary("Wants to be warned of a grid cell, or of the whole city (area \"city\"), from a severity on; again with another severity to change it.")
            .WithExample(new SubscriptionRequest(Severity.Moderate), Example)
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapDelete("/me/subscriptions/{area}", UnsubscribeAsync)
            .WithName("UnsubscribeFromWarnings").WithTags("My warnings").WithSummary("No longer wants to be warned of the area.")
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapGet("/me/subscriptions", ListAsync)
            .WithName("ListMySubscriptions").WithTags("My warnings").WithSummary("Of what the caller wants to be warned.")
            .WithExample(answer: new Page<SubscriptionView>([Example]))
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapGet("/warnings/stream", Stream)
            .WithName("WatchWarnings").WithTags("Warnings").WithSummary("Public warnings as server-sent events: first those that hold, then every change at once (event \"warning\"), and a sign of life every ten seconds.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithExample(answer: "event: warning\ndata: {\"warningId\":\"019b0000-0000-7000-8000-000000000001\",\"state\":\"issued\"}\n\n").AllowEveryone();
        features.MapGet("/me/warnings/stream", MyStreamAsync)
            .WithName("WatchMyWarnings").WithTags("My warnings").WithSummary("The same, of what the caller wants to be warned. Subscriptions that change later count from the next connection on.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithExample(answer: "event: warning\ndata: {\"warningId\":\"019b0000-0000-7000-8000-000000000001\",\"state\":\"issued\"}\n\n")
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<Ok<SubscriptionView>, Refusal>> SubscribeAsync(
        string area, SubscriptionRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (area != Area.City && !GridCell.TryParse(area, out _)) return Refusal.Invalid("cell_invalid", "area");
        var subscription = await db.Subscriptions.FindAsync([caller.AccountId, area], cancellationToken);
        if (subscription is null)
        {
            if (await db.Subscriptions.CountAsync(known => known.AccountId == caller.AccountId, cancellationToken) >= Subscription.MostPerPerson) return Refusal.Conflict("subscriptions_full", "area", Subscription.MostPerPerson);
            subscription = db.Add(new Subscription { AccountId = caller.AccountId, Area = area, MinimumSeverity = request.MinimumSeverity, Since = clock.GetUtcNow() }).Entity;
        }

        subscription.MinimumSeverity = request.MinimumSeverity;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(SubscriptionView.Of(subscription));
    }

    private static async Task<NoContent> UnsubscribeAsync(string area, Caller caller, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        await db.Subscriptions.Where(subscription => subscription.AccountId == caller.AccountId && subscription.Area == area).ExecuteDeleteAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<SubscriptionView>>> ListAsync(Caller caller, EarlyWarningDb db, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<SubscriptionView>([.. (await OfAsync(caller, db, cancellationToken)).Select(SubscriptionView.Of)]));

    private static Results<ServerSentEventsResult<object>, Refusal> Stream(WarningBoard board, CancellationToken cancellationToken) =>
        board.TryEnter() ? TypedResults.ServerSentEvents(board.WatchAsync(_ => true, cancellationToken)) : Refusal.Unavailable("streams_full");

    private static async Task<Results<ServerSentEventsResult<object>, Refusal>> MyStreamAsync(Caller caller, WarningBoard board, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var wanted = await OfAsync(caller, db, cancellationToken);
        return board.TryEnter()
            ? TypedResults.ServerSentEvents(board.WatchAsync(warning => wanted.Any(subscription => subscription.Covers(new WarnedArea(warning.Cell, warning.Polygons), warning.Severity) || warning.Kind == WarningKind.AllClear && subscription.Covers(new WarnedArea(warning.Cell, warning.Polygons), Severity.Extreme)), cancellationToken))
            : Refusal.Unavailable("streams_full");
    }

    /// <summary>At most 21: no pages.</summary>
    public static Task<List<Subscription>> OfAsync(Caller caller, EarlyWarningDb db, CancellationToken cancellationToken) =>
        db.Subscriptions.AsNoTracking().Where(subscription => subscription.AccountId == caller.AccountId).OrderBy(subscription => subscription.Area).ToListAsync(cancellationToken);

    /// <param name="MinimumSeverity">Less than this is not told; <c>minor</c> for everything.</param>
    internal sealed record SubscriptionRequest(Severity MinimumSeverity);

    /// <param name="Area">A grid cell, or <c>city</c>.</param>
    /// <param name="MinimumSeverity">Less than this is not told.</param>
    /// <param name="Since">Since when, UTC.</param>
    internal sealed record SubscriptionView(string Area, Severity MinimumSeverity, DateTimeOffset Since)
    {
        public static SubscriptionView Of(Subscription subscription) => new(subscription.Area, subscription.MinimumSeverity, subscription.Since);
    }
}
