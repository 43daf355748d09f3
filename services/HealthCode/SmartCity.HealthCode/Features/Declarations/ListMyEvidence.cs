using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person sees all that is known of them, whoever said it, also what was withdrawn (GB/T 38961-2020, query).</summary>
internal static class ListMyEvidence
{
    /// <param name="Id">Names it where it is corrected or contested.</param>
    /// <param name="Kind">What kind it is.</param>
    /// <param name="KindText">The same in the language of the request.</param>
    /// <param name="Source">Who says so.</param>
    /// <param name="SourceText">The same in the language of the request.</param>
    /// <param name="At">From when it counts, UTC.</param>
    /// <param name="Until">When it ends by its own word, exclusive, UTC.</param>
    /// <param name="Minutes">How long it lasted, for an exposure.</param>
    /// <param name="WithdrawnAt">Since when it no longer holds, UTC; absent while it does.</param>
    public sealed record Entry(
        Guid Id, EvidenceKind Kind, string KindText, EvidenceSource Source, string SourceText, DateTimeOffset At, DateTimeOffset? Until = null, int? Minutes = null,
        DateTimeOffset? WithdrawnAt = null);

    public static void Map(RouteGroupBuilder me) => me.MapGet("/evidence", HandleAsync)
        .WithName("ListMyEvidence")
        .WithSummary("All that is known of me, newest first, also what was withdrawn")
        .WithExample(answer: new Page<Entry>([new Entry(EvidenceReceipt.Example.Id, EvidenceKind.Exposure, "Exposure", EvidenceSource.PlaceRegistration, "Place registration", Examples.Now, Minutes: 45)]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (await db.RegisteredAsync(caller, cancellationToken) is not { } citizen) return Refusal.NotFound("not_registered");

        // A person's evidence is little enough to be read as a whole, with what areas say.
        var all = (await db.EvidenceOfAsync(citizen, cancellationToken)).OrderByDescending(fact => fact.At).ThenBy(fact => fact.Id).ToList();
        var start = after is { } id ? all.FindIndex(fact => fact.Id == id) + 1 : 0;
        return TypedResults.Ok(Page<Entry>.From([.. all.Skip(start).Take(page.Take + 1).Select(ToEntry)], page.Take, entry => entry.Id.ToString()));
    }

    private static Entry ToEntry(Evidence fact) => new(
        fact.Id, fact.Kind, Texts.Of(fact.Kind), fact.Source, Texts.Of(fact.Source), fact.At, fact.Until, fact.Minutes, fact.WithdrawnAt);
}
