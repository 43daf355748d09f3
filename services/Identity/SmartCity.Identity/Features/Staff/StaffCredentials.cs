using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;

namespace SmartCity.Identity.Features.Staff;

/// <summary>What a check of password and TOTP gave; everything but <see cref="Right"/> is a refusal.</summary>
internal enum Proof
{
    Right,
    Wrong,
    TotpMissing,
    TotpUsed,
    Busy,
}

/// <summary>
/// Checks password and TOTP with ASP.NET Core Identity, whose counter then locks the account. One attempt at a time for each user name:
/// guesses sent side by side would otherwise count as one.
/// </summary>
internal sealed partial class StaffCredentials(
    IdentityDb db, UserManager<Account> users, IPasswordHasher<Account> hasher,
    [FromKeyedServices(RealTime.Key)] TimeProvider realTime, ILogger<StaffCredentials> logger)
{
    private const int LongestPassword = 256;

    private static string? nobodysPassword;

    /// <summary>Checks within the caller's transaction, which the caller commits whatever the answer is, so that failures count.</summary>
    public async Task<(Proof Proof, Account? Account)> CheckAsync(string userName, string password, string? totp, CancellationToken cancellationToken)
    {
        var name = users.NormalizeName(userName);
        if (!await TryTakeTurnAsync(name, cancellationToken)) return (Proof.Busy, null);

        var account = await db.Accounts.SingleOrDefaultAsync(account => account.NormalizedUserName == name && account.ClosedAt == null, cancellationToken);
        var passwordIsRight = password.Length <= LongestPassword && await IsPasswordAsync(account, password);
        if (account is null) return (Proof.Wrong, null);
        if (await users.IsLockedOutAsync(account) || !passwordIsRight) return (await FailedAsync(account), null);

        if (account.TwoFactorEnabled)
        {
            if (totp is null) return (Proof.TotpMissing, null);
            if (await db.SpentTotps.AnyAsync(spent => spent.AccountId == account.Id && spent.Code == totp, cancellationToken)) return (Proof.TotpUsed, null);
            if (!await IsTotpAsync(account, totp)) return (await FailedAsync(account), null);
            await SpendAsync(account, totp, cancellationToken);
        }

        await users.ResetAccessFailedCountAsync(account);
        return (Proof.Right, account);
    }

    public Task<bool> IsTotpAsync(Account account, string totp) => users.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, totp);

    private async Task<bool> TryTakeTurnAsync(string name, CancellationToken cancellationToken)
    {
        var lockNumber = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return await db.Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({lockNumber}) AS "Value" """).SingleAsync(cancellationToken);
    }

    /// <summary>An account that is not there takes as long to refuse as one that is.</summary>
    private async Task<bool> IsPasswordAsync(Account? account, string password)
    {
        if (account is not null) return await users.CheckPasswordAsync(account, password);
        var nobody = new Account();
        nobodysPassword ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(nobody, nobodysPassword, password);
        return false;
    }

    private async Task<Proof> FailedAsync(Account account)
    {
        var now = realTime.GetUtcNow();
        if (!await users.IsLockedOutAsync(account))
        {
            db.Audit.Add(AuditEntry.Of(AuditAction.SignInFailed, account.Id, now));
            await users.AccessFailedAsync(account);
            if (await users.IsLockedOutAsync(account))
            {
                db.Audit.Add(AuditEntry.Of(AuditAction.LockedOut, account.Id, now));
                AccountLocked(account.Id);
            }
        }

        await db.SaveChangesAsync(CancellationToken.None);
        return Proof.Wrong;
    }

    private async Task SpendAsync(Account account, string totp, CancellationToken cancellationToken)
    {
        var now = realTime.GetUtcNow();
        await db.SpentTotps.Where(spent => spent.AccountId == account.Id && spent.SpentAt < now - SpentTotp.Remembered).ExecuteDeleteAsync(cancellationToken);
        db.SpentTotps.Add(new SpentTotp(account.Id, totp, now));
    }

    [LoggerMessage(LogLevel.Warning, "The account {Account} was locked after too many failures")]
    private partial void AccountLocked(Guid account);
}
