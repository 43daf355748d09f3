using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Data;

/// <summary>Identity's own store, but for the TOTP secret: that is sealed, and not kept in clear among user tokens.</summary>
internal sealed class AccountStore(IdentityDb db, PersonalData personalData) : UserOnlyStore<Account, IdentityDb, Guid>(db)
{
    public override Task SetAuthenticatorKeyAsync(Account user, string key, CancellationToken cancellationToken)
    {
        user.TotpSecretSealed = personalData.Seal(key, user.Id);
        return Task.CompletedTask;
    }

    public override Task<string?> GetAuthenticatorKeyAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.TotpSecretSealed is { } secret ? personalData.Open(secret, user.Id) : null);
}
