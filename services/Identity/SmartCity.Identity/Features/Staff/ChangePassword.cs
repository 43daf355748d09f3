using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.Tokens;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Staff;

/// <summary>Staff choose another password, which ends all their sessions.</summary>
internal static class ChangePassword
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPut("/me/password", HandleAsync)
        .Allow([.. Roles.All.Except([Roles.Citizen, Roles.Proxy]), StaffGrant.Enrolling])
        .WithName("ChangePassword").WithTags("Staff").WithSummary("Another password; all sessions end.")
        .WithExample(new Request("the present password", "a longer new password", "123456"));

    private static async Task<Results<NoContent, Refusal>> HandleAsync(
        Request request, Caller caller, IdentityDb db, UserManager<Account> users, StaffCredentials credentials, Sessions sessions,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var userName = await db.Accounts.Where(account => account.Id == caller.AccountId).Select(account => account.UserName).SingleOrDefaultAsync(cancellationToken);
        if (userName is null) return Refusal.NotFound();
        var (_, account) = await credentials.CheckAsync(userName, request.Password, request.Totp, cancellationToken);
        if (account is null)
        {
            await transaction.CommitAsync(CancellationToken.None);
            return Refusal.Forbidden("credentials_wrong");
        }

        var now = realTime.GetUtcNow();
        db.Audit.Add(AuditEntry.Of(AuditAction.PasswordChanged, account.Id, now));
        if (!(await users.ChangePasswordAsync(account, request.Password, request.NewPassword)).Succeeded) return Refusal.Conflict("conflict_retry");
        await sessions.EndAllAsync(account.Id, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <param name="Password">The present one.</param>
    /// <param name="NewPassword">At least 12 characters, of any kind.</param>
    /// <param name="Totp">A code, where TOTP is set up.</param>
    internal sealed record Request(
        [Required, StringLength(256)] string Password,
        [Required, StringLength(256, MinimumLength = 12)] string NewPassword,
        [RegularExpression(@"^[0-9]{6}\z")] string? Totp = null);
}
