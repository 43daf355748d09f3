using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A health officer proposes to set the colour of a few people for a while, for a reason of the closed list. Nothing happens until a second one agrees.</summary>
internal static class ProposeOverride
{
    /// <summary>The most that any configuration may allow.</summary>
    private const int UpperBound = 100;

    /// <param name="Reason">Why: there is no other reason.</param>
    /// <param name="Color">Yellow or red.</param>
    /// <param name="CitizenIds">Whom, by pseudonym: at most 20 in one order.</param>
    /// <param name="Until">Its automatic end, at most 14 days away.</param>
    public sealed record Request(
        OverrideReason Reason, CodeColor Color, [Required, Length(1, UpperBound)] IReadOnlyList<Guid> CitizenIds, DateTimeOffset Until);

    /// <param name="Id">The order.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Color">The colour.</param>
    /// <param name="People">How many people.</param>
    /// <param name="Until">Its automatic end, exclusive, UTC.</param>
    /// <param name="ProposedAt">UTC.</param>
    /// <param name="ApprovedAt">UTC; absent while it is only proposed.</param>
    /// <param name="RevokedAt">UTC; absent while it was not.</param>
    public sealed record Order(
        Guid Id, OverrideReason Reason, CodeColor Color, int People, DateTimeOffset Until, DateTimeOffset ProposedAt, DateTimeOffset? ApprovedAt = null,
        DateTimeOffset? RevokedAt = null)
    {
        public static Order Of(OverrideOrder order) => new(
            order.Id, order.Reason, order.Color, order.People.Length, order.Until, order.ProposedAt, order.ApprovedAt, order.RevokedAt);
    }

    public static Order Example { get; } = new(
        Examples.Order, OverrideReason.IsolationOrder, CodeColor.Red, 1, Examples.Now.AddDays(7), Examples.Now, Examples.Now.AddHours(1));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/overrides", HandleAsync)
            .WithName("ProposeOverride")
            .WithSummary("Propose to set the colour of a few people by hand; a second officer must agree")
            .WithExample(new Request(OverrideReason.IsolationOrder, CodeColor.Red, [Examples.Citizen], Examples.Now.AddDays(7)), Example with { ApprovedAt = null })
            .Allow(Roles.HealthOfficer);
        features.MapGet("/overrides", ListAsync)
            .WithName("ListOverrides")
            .WithSummary("Orders proposed and in force, newest first, without the people")
            .WithExample(answer: new Page<Order>([Example]))
            .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<Order>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, HealthCodeDb db, IConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (most, mostInADay) = (configuration.GetValue("Overrides:MostPeople", 20), configuration.GetValue("Overrides:MostPeopleADay", 60));
        Guid[] people = [.. request.CitizenIds.Distinct()];
        if (request.Color is not (CodeColor.Yellow or CodeColor.Red)) return Refusal.Invalid("override_color_invalid", "color");
        if (people.Length > most) return Refusal.Invalid("override_too_many", "citizenIds", most);
        if (request.Until <= now || request.Until > now + OverrideOrder.Longest) return Refusal.Invalid("override_end_invalid", "until", OverrideOrder.Longest.Days);

        var id = StableId.Of(caller.Actor, key.Value);
        if (await db.Overrides.FindAsync([id], cancellationToken) is { } known) return TypedResults.Ok(Order.Of(known));
        // Many small orders are one large one.
        var today = await db.Overrides.Where(order => order.ProposedBy == caller.Actor && order.ProposedAt > now.AddDays(-1)).ToListAsync(cancellationToken);
        if (today.Sum(order => order.People.Length) + people.Length > mostInADay) return Refusal.Conflict("override_too_many_today", "citizenIds", mostInADay);
        var ids = Array.ConvertAll(people, person => new CitizenId(person));
        if (await db.Citizens.CountAsync(citizen => ids.Contains(citizen.Id), cancellationToken) != people.Length) return Refusal.NotFound("citizen_unknown");

        var order = db.Add(new OverrideOrder
        {
            Id = id, Reason = request.Reason, Color = request.Color, People = people, Until = request.Until.ToUniversalTime(), ProposedBy = caller.Actor,
            Department = caller.Department ?? "", ProposedAt = now,
        }).Entity;
        db.AddRange(ids.Select(person => Look(person, caller, now)));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(Order.Of(order));
    }

    private static async Task<Results<Ok<Page<Order>>, Refusal>> ListAsync([AsParameters] PageQuery page, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var last = after is { } id ? await db.Overrides.AsNoTracking().FirstOrDefaultAsync(order => order.Id == id, cancellationToken) : null;
        var orders = await db.Overrides.AsNoTracking()
            .Where(order => last == null || order.ProposedAt < last.ProposedAt || (order.ProposedAt == last.ProposedAt && order.Id < last.Id))
            .OrderByDescending(order => order.ProposedAt).ThenByDescending(order => order.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Order>.From([.. orders.Select(Order.Of)], page.Take, order => order.Id.ToString()));
    }

    /// <summary>The person sees which officer had a hand in it.</summary>
    public static AccessRecord Look(CitizenId person, Caller caller, DateTimeOffset now) =>
        new() { CitizenId = person, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.Override, At = now };
}
