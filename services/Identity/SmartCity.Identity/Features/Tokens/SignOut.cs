using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>Ends the session of a refresh token (RFC 7009). Access tokens that are out live on for their few minutes.</summary>
internal static class SignOut
{
    public static void Map(WebApplication app) => app.MapPost("/identity/connect/revocation", HandleAsync)
        .AllowEveryone()
        .DisableAntiforgery()
        .WithName("SignOut").WithTags("OpenID")
        .WithSummary("Ends the session that a refresh token belongs to (RFC 7009); also answers 200 where there is none.")
        .WithExample("token=pUe7n2k");

    private static async Task<Ok> HandleAsync(
        [FromForm] string token, IdentityDb db, [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var hash = RefreshToken.HashOf(token);
        var session = await db.Sessions.SingleOrDefaultAsync(
            session => session.EndedAt == null && db.RefreshTokens.Any(refresh => refresh.Hash == hash && refresh.SessionId == session.Id), cancellationToken);
        if (session is null) return TypedResults.Ok();

        var now = realTime.GetUtcNow();
        session.EndedAt = now;
        db.Audit.Add(AuditEntry.Of(AuditAction.SignedOut, session.AccountId, now, subject: session.Id));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok();
    }
}
