using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person contests their status and the evidence that it rests on. The clock starts, and whoever had a hand in it is out of the decision.</summary>
internal static class FileAppeal
{
    /// <param name="Text">What is wrong, in the person's words.</param>
    /// <param name="Evidence">The evidence that is wrong; absent for all that the status rests on.</param>
    public sealed record Request([Required, StringLength(2000, MinimumLength = 5)] string Text, [MaxLength(20)] IReadOnlyList<Guid>? Evidence = null);

    /// <param name="Id">The appeal.</param>
    /// <param name="Color">The colour that is contested.</param>
    /// <param name="FiledAt">UTC.</param>
    /// <param name="DueAt">Until when the city answers, UTC.</param>
    /// <param name="Outcome">Absent until then.</param>
    /// <param name="Answer">What the officer says.</param>
    /// <param name="DecidedAt">UTC.</param>
    public sealed record MyAppeal(
        Guid Id, CodeColor Color, DateTimeOffset FiledAt, DateTimeOffset DueAt, AppealOutcome? Outcome = null, string? Answer = null, DateTimeOffset? DecidedAt = null)
    {
        public static MyAppeal Of(Appeal appeal, PersonalData personalData) => new(
            appeal.Id, appeal.Color, appeal.FiledAt, appeal.DueAt, appeal.Outcome,
            appeal.SealedAnswer is { } answer ? personalData.Open(answer, appeal.Id) : null, appeal.DecidedAt);
    }

    private static readonly MyAppeal Example = new(Examples.Order, CodeColor.Yellow, Examples.Now, Examples.Now.AddDays(1));

    public static void Map(RouteGroupBuilder me)
    {
        me.MapPost("/appeals", HandleAsync)
            .WithName("FileAppeal")
            .WithSummary("Contest my status; one appeal at a time")
            .WithExample(new Request("I was not at that place: my phone was stolen on the 18th."), Example)
            .Allow(Roles.Citizen, Roles.Proxy);
        me.MapGet("/appeals", ListAsync)
            .WithName("ListMyAppeals")
            .WithSummary("My appeals with their answers, newest first, at most 50")
            .WithExample(answer: new[] { Example })
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<Ok<MyAppeal>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, HealthCodeDb db, PersonalData personalData, IConfiguration configuration, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.RegisteredAsync(caller, cancellationToken) is not { } citizen) return Refusal.NotFound("not_registered");
        var id = StableId.Of(citizen.Id.Value, key.Value);
        if (await db.Appeals.FindAsync([id], cancellationToken) is { } known) return TypedResults.Ok(MyAppeal.Of(known, personalData));
        if (await db.Appeals.AnyAsync(appeal => appeal.CitizenId == citizen.Id && appeal.DecidedAt == null, cancellationToken))
            return Refusal.Conflict("appeal_open");

        var contested = request.Evidence is { Count: > 0 } named ? [.. named.Distinct()] : citizen.Code.Evidence;
        var holding = (await db.EvidenceOfAsync(citizen, cancellationToken)).Where(fact => fact.Holds).Select(fact => fact.Id).ToHashSet();
        if (!contested.All(holding.Contains)) return Refusal.Invalid("appeal_evidence_unknown", "evidence");

        var filed = db.Add(new Appeal
        {
            Id = id,
            CitizenId = citizen.Id,
            Color = citizen.Code.Color,
            Rule = citizen.Code.Rule,
            PolicyVersion = citizen.Code.PolicyVersion,
            Evidence = contested,
            SealedText = personalData.Seal(request.Text, id),
            FiledAt = now,
            DueAt = now + configuration.GetValue("Appeals:Due", TimeSpan.FromHours(24)),
            FirstOfficers = await FirstOfficersAsync(citizen.Id, contested, db, cancellationToken),
        }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(MyAppeal.Of(filed, personalData));
    }

    private static async Task<Results<Ok<MyAppeal[]>, Refusal>> ListAsync(
        Caller caller, HealthCodeDb db, PersonalData personalData, CancellationToken cancellationToken)
    {
        if (await db.RegisteredAsync(caller, cancellationToken) is not { } citizen) return Refusal.NotFound("not_registered");
        var appeals = await db.Appeals.AsNoTracking().Where(appeal => appeal.CitizenId == citizen.Id).OrderByDescending(appeal => appeal.FiledAt).Take(50)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(appeals.Select(appeal => MyAppeal.Of(appeal, personalData)).ToArray());
    }

    /// <summary>Whoever ordered or approved what is contested, accepted an area's risk, or decided an earlier appeal of the person.</summary>
    private static async Task<Guid[]> FirstOfficersAsync(CitizenId citizen, Guid[] contested, HealthCodeDb db, CancellationToken cancellationToken)
    {
        var orders = (await db.Overrides.AsNoTracking().Where(order => order.People.Contains(citizen.Value) && order.ApprovedAt != null).ToListAsync(cancellationToken))
            .Where(order => contested.Contains(order.EvidenceIdOf(citizen.Value)))
            .SelectMany(order => new[] { order.ProposedBy, order.ApprovedBy });
        var areas = await db.AreaRisks.Where(risk => contested.Contains(risk.Id)).Select(risk => risk.DecidedBy).ToListAsync(cancellationToken);
        var earlier = await db.Appeals.Where(appeal => appeal.CitizenId == citizen).Select(appeal => appeal.DecidedBy).ToListAsync(cancellationToken);
        return [.. orders.Concat(areas).Concat(earlier).OfType<Guid>().Distinct()];
    }
}
