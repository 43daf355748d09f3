using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A health officer reads the cases, by pseudonym, newest first. Everyone listed sees that they were.</summary>
internal static class ListCases
{
    /// <param name="CaseId">The case.</param>
    /// <param name="CitizenId">The person, by the city's pseudonym.</param>
    /// <param name="OnsetAt">Onset, or the sample where onset is not known, UTC.</param>
    /// <param name="InfectiousFrom">Inclusive, UTC.</param>
    /// <param name="InfectiousUntil">Exclusive, UTC.</param>
    /// <param name="ConfirmedAt">UTC.</param>
    /// <param name="Cell">Grid cell of the home, as it was known when the case was confirmed.</param>
    /// <param name="WithdrawnAt">UTC; absent while the case stands.</param>
    public sealed record Entry(
        Guid CaseId, Guid CitizenId, DateTimeOffset OnsetAt, DateTimeOffset InfectiousFrom, DateTimeOffset InfectiousUntil, DateTimeOffset ConfirmedAt,
        string? Cell = null, DateTimeOffset? WithdrawnAt = null);

    public static void Map(RouteGroupBuilder features) => features.MapGet("/cases", HandleAsync)
        .WithName("ListCases")
        .WithSummary("The cases by pseudonym, newest first")
        .WithExample(answer: new Page<Entry>([new Entry(
            Examples.Order, Examples.Citizen, Examples.Now, Examples.Now.AddDays(-4), Examples.Now.AddDays(10), Examples.Now, "3123N12147E")]))
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, HealthCodeDb db, AccessLog log, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;

        // Ids of cases are in order of time (UUID version 7).
        var cases = await db.Cases.AsNoTracking().Where(known => after == null || known.Id < after)
            .OrderByDescending(known => known.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        var shown = Page<ConfirmedCase>.From(cases, page.Take, known => known.Id.ToString());
        await log.WriteAsync(
            [.. shown.Items.Select(known => Look(known.CitizenId, caller, clock.GetUtcNow()))], cancellationToken);
        return TypedResults.Ok(new Page<Entry>([.. shown.Items.Select(ToEntry)], shown.Next));
    }

    private static AccessRecord Look(CitizenId citizen, Caller caller, DateTimeOffset now) =>
        new() { CitizenId = citizen, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.CaseList, At = now };

    private static Entry ToEntry(ConfirmedCase known) => new(
        known.Id, known.CitizenId.Value, known.OnsetAt, known.InfectiousFrom, known.InfectiousUntil, known.ConfirmedAt, known.Cell, known.WithdrawnAt);
}
