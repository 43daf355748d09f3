using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Any one officer takes an order back: its evidence is withdrawn, the people are told.</summary>
internal static class RevokeOverride
{
    private sealed record Published(Guid Order);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/overrides/{id:guid}/revocation", HandleAsync)
        .WithName("RevokeOverride")
        .WithSummary("Take an order back; one officer is enough. Repeated, nothing more happens")
        .WithExample(answer: ProposeOverride.Example with { RevokedAt = Examples.Now.AddDays(1) })
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<ProposeOverride.Order>, Refusal>> HandleAsync(
        Guid id, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await db.Overrides.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } order) return Refusal.NotFound("override_unknown");
        if (order.RevokedAt is not null) return TypedResults.Ok(ProposeOverride.Order.Of(order));

        order.Revoke(caller.Actor, now);
        if (order.ApprovedAt is null)
        {
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Ok(ProposeOverride.Order.Of(order));
        }

        Guid[] facts = [.. order.People.Select(order.EvidenceIdOf)];
        foreach (var evidence in await db.Evidence.Where(fact => facts.Contains(fact.Id)).ToListAsync(cancellationToken))
        {
            evidence.Withdraw(now);
            var citizen = await db.Citizens.Include(person => person.Code).SingleAsync(person => person.Id == evidence.CitizenId, cancellationToken);
            await db.ReconsiderAsync(citizen, policies, ChangeCause.OfficersDecided, now, cancellationToken);
            db.Add(new Notice { CitizenId = citizen.Id, Kind = NoticeKind.OverrideRevoked, Reference = order.Id, At = now });
        }

        await db.SavePubliclyAsync(PublicEntryKind.OverrideRevoked, new Published(order.Id), now, cancellationToken);
        return TypedResults.Ok(ProposeOverride.Order.Of(order));
    }
}
