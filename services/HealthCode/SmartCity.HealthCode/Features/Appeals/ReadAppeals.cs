using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Officers see the queue, the most urgent first, without what people wrote; they open one at a time, and the person sees that they did.</summary>
internal static class ReadAppeals
{
    /// <param name="Id">The appeal.</param>
    /// <param name="Color">The colour that is contested.</param>
    /// <param name="Rule">The rule that gave it.</param>
    /// <param name="FiledAt">UTC.</param>
    /// <param name="DueAt">UTC.</param>
    /// <param name="Overdue">Whether that has passed.</param>
    /// <param name="MayDecide">Whether the caller had no hand in what is contested.</param>
    public sealed record Entry(Guid Id, CodeColor Color, string Rule, DateTimeOffset FiledAt, DateTimeOffset DueAt, bool Overdue, bool MayDecide);

    /// <param name="Appeal">As in the queue.</param>
    /// <param name="CitizenId">Whose it is, by pseudonym.</param>
    /// <param name="Text">What they wrote.</param>
    /// <param name="Policy">Version of the policy that decided.</param>
    /// <param name="Evidence">What they contest.</param>
    public sealed record Opened(Entry Appeal, Guid CitizenId, string Text, string Policy, IReadOnlyList<Explanation.EvidenceReference> Evidence);

    private static readonly Entry Example = new(Examples.Order, CodeColor.Yellow, "close-contact", Examples.Now, Examples.Now.AddDays(1), false, true);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/appeals", ListAsync)
            .WithName("ListAppeals")
            .WithSummary("Appeals that wait for a decision, the most urgent first")
            .WithExample(answer: new Page<Entry>([Example]))
            .Allow(Roles.HealthOfficer, Roles.Approver);
        features.MapPost("/appeals/{id:guid}/opening", OpenAsync)
            .WithName("OpenAppeal")
            .WithSummary("Read an appeal and what it contests; the person sees that it was read")
            .WithExample(answer: new Opened(Example, Examples.Citizen, "I was not at that place.", "2022-2", ShowMyCode.Example.Reason.Evidence))
            .Allow(Roles.HealthOfficer, Roles.Approver);
    }

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, Caller caller, HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var now = clock.GetUtcNow();
        var last = after is { } id ? await db.Appeals.AsNoTracking().FirstOrDefaultAsync(appeal => appeal.Id == id, cancellationToken) : null;
        var open = await db.Appeals.AsNoTracking()
            .Where(appeal => appeal.DecidedAt == null && (last == null || appeal.DueAt > last.DueAt || (appeal.DueAt == last.DueAt && appeal.Id > last.Id)))
            .OrderBy(appeal => appeal.DueAt).ThenBy(appeal => appeal.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Entry>.From([.. open.Select(appeal => ToEntry(appeal, caller, now))], page.Take, entry => entry.Id.ToString()));
    }

    private static async Task<Results<Ok<Opened>, Refusal>> OpenAsync(
        Guid id, Caller caller, HealthCodeDb db, PersonalData personalData, AccessLog log, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Appeals.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } appeal) return Refusal.NotFound("appeal_unknown");
        await log.WriteAsync([Look(appeal, caller, now)], cancellationToken);
        var citizen = await db.Citizens.AsNoTracking().SingleAsync(person => person.Id == appeal.CitizenId, cancellationToken);
        var evidence = (await db.EvidenceOfAsync(citizen, cancellationToken)).Where(fact => appeal.Evidence.Contains(fact.Id)).Select(Explanation.EvidenceReference.Of);
        return TypedResults.Ok(new Opened(
            ToEntry(appeal, caller, now), appeal.CitizenId.Value, personalData.Open(appeal.SealedText, appeal.Id), appeal.PolicyVersion, [.. evidence]));
    }

    public static AccessRecord Look(Appeal appeal, Caller caller, DateTimeOffset now) =>
        new() { CitizenId = appeal.CitizenId, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.Appeal, At = now, Reference = appeal.Id };

    private static Entry ToEntry(Appeal appeal, Caller caller, DateTimeOffset now) => new(
        appeal.Id, appeal.Color, appeal.Rule, appeal.FiledAt, appeal.DueAt, appeal.DecidedAt is null && now >= appeal.DueAt, !appeal.FirstOfficers.Contains(caller.Actor));
}
