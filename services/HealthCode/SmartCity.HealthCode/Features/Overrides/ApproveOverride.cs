using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>The second officer agrees: the order becomes evidence, the people are told, and everybody can read that it was done.</summary>
internal static partial class ApproveOverride
{
    private sealed record Published(Guid Order, OverrideReason Reason, CodeColor Color, int People, string Department, DateTimeOffset Until);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/overrides/{id:guid}/approval", HandleAsync)
        .WithName("ApproveOverride")
        .WithSummary("Agree to an order that somebody else proposed")
        .WithExample(answer: ProposeOverride.Example)
        .Allow(Roles.Approver);

    private static async Task<Results<Ok<ProposeOverride.Order>, Refusal>> HandleAsync(
        Guid id, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, ILogger<OverrideOrder> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await db.Overrides.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } order) return Refusal.NotFound("override_unknown");
        if (order.Approve(caller.Actor, now) is { } refusal) return Refusal.Conflict(refusal);

        var ids = Array.ConvertAll(order.People, person => new CitizenId(person));
        foreach (var citizen in await db.Citizens.Include(person => person.Code).Where(person => ids.Contains(person.Id)).ToListAsync(cancellationToken))
        {
            db.Add(order.ToEvidence(citizen.Id.Value, now));
            await db.ReconsiderAsync(citizen, policies, ChangeCause.OfficersDecided, now, cancellationToken);
            db.Add(new Notice { CitizenId = citizen.Id, Kind = NoticeKind.OverrideOrdered, Reference = order.Id, At = now });
            db.Add(ProposeOverride.Look(citizen.Id, caller, now));
        }

        await db.SavePubliclyAsync(
            PublicEntryKind.OverrideApproved, new Published(order.Id, order.Reason, order.Color, order.People.Length, order.Department, order.Until), now, cancellationToken);
        Approved(logger, id);
        return TypedResults.Ok(ProposeOverride.Order.Of(order));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Override {OrderId} is in force")]
    private static partial void Approved(ILogger logger, Guid orderId);
}
