using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>Begins and ends sessions; the feature that asks saves.</summary>
internal sealed class Sessions(IdentityDb db, IOptions<ProviderSettings> settings)
{
    /// <summary>The app that the person signs in with; null where the request names one that is not known.</summary>
    public string? PublicClient(TokenRequest request) =>
        request.ClientId is null ? settings.Value.PublicClients[0] : settings.Value.PublicClients.Contains(request.ClientId) ? request.ClientId : null;

    /// <summary>Adds the session and its record.</summary>
    /// <returns>The first refresh token.</returns>
    public string Begin(Account account, string clientId, DateTimeOffset now)
    {
        var lifetime = account.PhoneHash is null ? settings.Value.StaffSessionLifetime : settings.Value.PhoneSessionLifetime;
        var session = Session.Begin(account, clientId, lifetime, now);
        var (kept, token) = RefreshToken.Create(session, now);
        db.Sessions.Add(session);
        db.RefreshTokens.Add(kept);
        db.Audit.Add(AuditEntry.Of(AuditAction.SignedIn, account.Id, now, subject: session.Id));
        return token;
    }

    /// <summary>Ends all sessions of the account, at once and without another save.</summary>
    public Task EndAllAsync(Guid account, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Sessions.Where(session => session.AccountId == account && session.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.EndedAt, now), cancellationToken);
}
