using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person sees every change of their code, what set it off and the rule that decided, newest first.</summary>
internal static class ListMyHistory
{
    /// <param name="Version">Version of the code that the change made.</param>
    /// <param name="From">The colour before.</param>
    /// <param name="Color">The colour after.</param>
    /// <param name="Cause">What set it off.</param>
    /// <param name="CauseText">The same in the language of the request.</param>
    /// <param name="Policy">Version of the policy that decided.</param>
    /// <param name="Rule">The rule that decided.</param>
    /// <param name="Text">What it says.</param>
    /// <param name="Evidence">Ids of the evidence that the decision rested on.</param>
    /// <param name="ValidUntil">Until when it was to stand, UTC.</param>
    /// <param name="ChangedAt">When, UTC.</param>
    public sealed record Entry(
        long Version, CodeColor From, CodeColor Color, ChangeCause Cause, string CauseText, string Policy, string Rule, string Text,
        IReadOnlyList<Guid> Evidence, DateTimeOffset ValidUntil, DateTimeOffset ChangedAt);

    public static void Map(RouteGroupBuilder me) => me.MapGet("/code/history", HandleAsync)
        .WithName("ListMyHistory")
        .WithSummary("Every change of my code, newest first")
        .WithExample(answer: new Page<Entry>([new Entry(
            2, CodeColor.Green, CodeColor.Yellow, ChangeCause.ExposureDetected, "An exposure became known", "2022-2", "close-contact",
            "You were at the same place as a confirmed case for 15 minutes or longer.", [Examples.Order], Examples.Now.AddDays(13), Examples.Now)]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, HealthCodeDb db, PolicyBook policies, CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        if (page.After is { } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before)) return PageQuery.InvalidCursor;

        var changes = await (
            from citizen in db.Citizens
            where citizen.AccountId == caller.AccountId
            join change in db.Changes on citizen.Id equals change.CitizenId
            where change.Version < before
            orderby change.Version descending
            select change).AsNoTracking().Take(page.Take + 1).ToListAsync(cancellationToken);
        Entry[] entries = [.. changes.Select(change => ToEntry(change, policies))];
        return TypedResults.Ok(Page<Entry>.From(entries, page.Take, entry => entry.Version.ToString(CultureInfo.InvariantCulture)));
    }

    private static Entry ToEntry(CodeChange change, PolicyBook policies) => new(
        change.Version, change.ColorBefore, change.Color, change.Cause, Texts.Of(change.Cause), change.PolicyVersion, change.Rule,
        policies.TextOf(change.PolicyVersion, change.Rule)?.Reason.In(CultureInfo.CurrentUICulture) ?? change.Rule,
        change.Evidence, change.ValidUntil, change.ChangedAt);
}
