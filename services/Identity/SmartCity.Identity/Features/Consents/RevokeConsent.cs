using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Consents;

/// <summary>The person takes the consent back, or the proxy gives it back.</summary>
internal static class RevokeConsent
{
    public static void Map(IEndpointRouteBuilder features) => features.MapDelete("/consents/{consentId:guid}", HandleAsync)
        .Allow([.. Roles.All.Except([Roles.Proxy])])
        .WithName("RevokeConsent").WithTags("Consents")
        .WithSummary("Ends a consent. The proxy gets no more tokens for it; one that is out lives on for its few minutes.");

    private static async Task<Results<NoContent, Refusal>> HandleAsync(
        Guid consentId, Caller caller, IdentityDb db, TimeProvider clock,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var consent = await db.Consents.SingleOrDefaultAsync(consent => consent.Id == consentId, cancellationToken);
        if (consent is null || !consent.Concerns(caller.AccountId)) return Refusal.NotFound();
        if (consent.RevokedAt is not null) return TypedResults.NoContent();

        consent.RevokedAt = clock.GetUtcNow();
        db.Audit.Add(AuditEntry.Of(AuditAction.ConsentRevoked, consent.PersonId, realTime.GetUtcNow(), actor: caller.AccountId, subject: consent.Id));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
