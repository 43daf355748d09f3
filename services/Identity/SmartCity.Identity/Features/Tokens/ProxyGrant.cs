using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>
/// A proxy gets a token to act for a person (RFC 8693): the subject token is the person's recorded consent, the actor is whoever's access token
/// comes with the request. The token is good only for the services that the consent names.
/// </summary>
internal sealed class ProxyGrant(
    IdentityDb db, AccessTokens tokens, IHttpContextAccessor http, TimeProvider clock,
    [FromKeyedServices(RealTime.Key)] TimeProvider realTime) : IGrant
{
    public const string ConsentTokenType = "urn:smartcity:token-type:consent";

    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    public async Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        if (request.SubjectTokenType != ConsentTokenType || !Guid.TryParse(request.SubjectToken, out var consentId)) return TokenError.Request;

        var user = http.HttpContext!.User;
        if (!Roles.All.Any(user.IsInRole)) return TokenError.Client;
        var caller = Caller.From(user);
        // Who acts for somebody does not hand that on.
        if (caller.ActorId is not null) return TokenError.Client;

        var consent = await db.Consents.SingleOrDefaultAsync(consent => consent.Id == consentId && consent.ProxyId == caller.AccountId, cancellationToken);
        if (consent is null || !consent.IsInForce(clock.GetUtcNow()) || await IsClosedAsync(consent, cancellationToken)) return TokenError.Grant("consent_not_in_force");

        db.Audit.Add(AuditEntry.Of(AuditAction.ActedByProxy, consent.PersonId, realTime.GetUtcNow(), actor: consent.ProxyId, subject: consent.Id));
        await db.SaveChangesAsync(cancellationToken);

        var content = new TokenContent(consent.PersonId.ToString(), user.FindFirst(CityClaims.ClientId)!.Value, CityClaims.PeopleScope, consent.Services)
        {
            Roles = [Roles.Proxy],
            Actor = consent.ProxyId,
        };
        return TypedResults.Ok(await tokens.IssueAsync(content, CancellationToken.None) with { IssuedTokenType = AccessTokenType });
    }

    private Task<bool> IsClosedAsync(Consent consent, CancellationToken cancellationToken) =>
        db.Accounts.AnyAsync(account => (account.Id == consent.PersonId || account.Id == consent.ProxyId) && account.ClosedAt != null, cancellationToken);
}
