using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>A session goes on (RFC 6749 §6): every refresh token works once. A second use means that two hold it, so the session ends for both.</summary>
internal sealed partial class RefreshTokenGrant(
    IdentityDb db, Sessions sessions, AccessTokens tokens, IOptions<ProviderSettings> settings,
    [FromKeyedServices(RealTime.Key)] TimeProvider realTime, ILogger<RefreshTokenGrant> logger) : IGrant
{
    public async Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        if (request.RefreshToken is null) return TokenError.Request;
        if (sessions.PublicClient(request) is not { } client) return TokenError.Client;
        var now = realTime.GetUtcNow();
        var hash = RefreshToken.HashOf(request.RefreshToken);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var used = await db.RefreshTokens.Where(token => token.Hash == hash && token.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.UsedAt, now), cancellationToken);
        var session = await db.Sessions.SingleOrDefaultAsync(
            session => db.RefreshTokens.Any(token => token.Hash == hash && token.SessionId == session.Id), cancellationToken);
        if (session is null || session.ClientId != client) return TokenError.Grant("refresh_token_invalid");

        if (used == 0)
        {
            if (session.EndedAt is null)
            {
                session.EndedAt = now;
                db.Audit.Add(AuditEntry.Of(AuditAction.RefreshTokenReused, session.AccountId, now, subject: session.Id));
                await db.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                SessionEndedByReuse(session.Id);
            }

            return TokenError.Grant("refresh_token_reused");
        }

        var account = await db.Accounts.SingleAsync(account => account.Id == session.AccountId, cancellationToken);
        if (session.EndedAt is not null || session.ExpiresAt <= now || account.ClosedAt is not null) return TokenError.Grant("refresh_token_invalid");

        var (kept, next) = RefreshToken.Create(session, now);
        db.RefreshTokens.Add(kept);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var answer = await tokens.IssueAsync(TokenContent.Of(account, client, settings.Value.Audiences), CancellationToken.None);
        return TypedResults.Ok(answer with { RefreshToken = next });
    }

    [LoggerMessage(LogLevel.Warning, "A refresh token was used twice; the session {Session} was ended")]
    private partial void SessionEndedByReuse(Guid session);
}
