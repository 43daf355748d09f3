using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.Tokens;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Staff;

/// <summary>Operators see the staff accounts, reset one whose password or phone is lost, and close that of somebody who left.</summary>
internal static class ManageStaffAccounts
{
    public static void Map(IEndpointRouteBuilder features)
    {
        var staff = features.MapGroup("/staff").WithTags("Staff");
        staff.MapGet("", ListAsync)
            .Allow(Roles.Operator, Roles.Auditor).WithName("ListStaffAccounts").WithSummary("All staff accounts, by user name.")
            .WithExample(answer: new Page<StaffAccount>(
                [new StaffAccount(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), "wang.fang", [Roles.DepartmentOfficer], "health-commission", true, new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), null)]));
        staff.MapPost("/{accountId:guid}/reset", ResetAsync)
            .Allow(Roles.Operator).WithName("ResetStaffAccount").WithSummary("Ends the person's sessions and gives a new first password; TOTP is set up anew.")
            .WithExample(answer: new CreateStaffAccount.Response(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), "wang.fang", "J7b0yq3X1kFvZ8mQ2nRt"));
        staff.MapDelete("/{accountId:guid}", CloseAsync)
            .Allow(Roles.Operator).WithName("CloseStaffAccount").WithSummary("Ends the person's sessions; nobody signs in with the account again.");
    }

    private static async Task<Results<Ok<Page<StaffAccount>>, Refusal>> ListAsync([AsParameters] PageQuery page, IdentityDb db, CancellationToken cancellationToken)
    {
        if (page.After is not null && !CreateStaffAccount.UserName().IsMatch(page.After)) return PageQuery.InvalidCursor;
        var after = page.After?.ToUpperInvariant() ?? "";
        var rows = await db.Accounts
            .Where(account => !account.Roles.Contains(Roles.Citizen) && account.NormalizedUserName!.CompareTo(after) > 0)
            .OrderBy(account => account.NormalizedUserName)
            .Take(page.Take + 1)
            .Select(account => new StaffAccount(account.Id, account.UserName!, account.Roles, account.Department, account.TwoFactorEnabled, account.CreatedAt, account.ClosedAt))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<StaffAccount>.From(rows, page.Take, row => row.UserName));
    }

    private static async Task<Results<Ok<CreateStaffAccount.Response>, Refusal>> ResetAsync(
        Guid accountId, Caller caller, IdentityDb db, UserManager<Account> users, Sessions sessions,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await StaffAsync(db, accountId, cancellationToken) is not { } account) return Refusal.NotFound();
        // Nobody gets past their own second factor.
        if (accountId == caller.AccountId) return Refusal.Conflict("own_account");

        var now = realTime.GetUtcNow();
        var password = CreateStaffAccount.NewPassword();
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
        account.TotpSecretSealed = null;
        account.TwoFactorEnabled = false;
        account.LockoutEnd = null;
        db.Audit.Add(AuditEntry.Of(AuditAction.AccountReset, accountId, now, actor: caller.AccountId));
        if (!(await users.UpdateSecurityStampAsync(account)).Succeeded) return Refusal.Conflict("conflict_retry");
        await sessions.EndAllAsync(accountId, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(new CreateStaffAccount.Response(accountId, account.UserName!, password));
    }

    private static async Task<Results<NoContent, Refusal>> CloseAsync(
        Guid accountId, Caller caller, IdentityDb db, Sessions sessions,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await StaffAsync(db, accountId, cancellationToken) is not { } account) return Refusal.NotFound();
        // The last operator would lock the city out.
        if (accountId == caller.AccountId) return Refusal.Conflict("own_account");

        var now = realTime.GetUtcNow();
        account.ClosedAt = now;
        db.Audit.Add(AuditEntry.Of(AuditAction.AccountClosed, accountId, now, actor: caller.AccountId));
        await db.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(accountId, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static Task<Account?> StaffAsync(IdentityDb db, Guid id, CancellationToken cancellationToken) =>
        db.Accounts.SingleOrDefaultAsync(account => account.Id == id && !account.Roles.Contains(Roles.Citizen) && account.ClosedAt == null, cancellationToken);

    internal sealed record StaffAccount(
        Guid AccountId, string UserName, IReadOnlyList<string> Roles, string? Department, bool TotpEnrolled, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt);
}
