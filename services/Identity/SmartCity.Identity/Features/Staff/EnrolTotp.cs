using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.Tokens;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Staff;

/// <summary>Staff set up their second factor (TOTP, RFC 6238): a new secret, then a code that shows that the app has it.</summary>
internal static class EnrolTotp
{
    public static void Map(IEndpointRouteBuilder features)
    {
        string[] staff = [.. Roles.All.Except([Roles.Citizen, Roles.Proxy]), StaffGrant.Enrolling];
        features.MapPost("/me/totp", BeginAsync)
            .Allow(staff).WithName("BeginTotpEnrolment").WithTags("Staff")
            .WithSummary("Gives a new TOTP secret, as an otpauth URI for the QR code; it takes the place of an old one at once.")
            .WithExample(
                new BeginRequest("the present password"),
                new BeginResponse("SMARTCITYDEMO234SMARTCITYDEMO234", "otpauth://totp/SmartCity:wang.fang?secret=SMARTCITYDEMO234SMARTCITYDEMO234&issuer=SmartCity&digits=6&period=30"));
        features.MapPut("/me/totp", ConfirmAsync)
            .Allow(staff).WithName("ConfirmTotpEnrolment").WithTags("Staff")
            .WithSummary("Confirms the secret with a code made from it. From then on signing in needs one.")
            .WithExample(new ConfirmRequest("123456"));
    }

    private static async Task<Results<Ok<BeginResponse>, Refusal>> BeginAsync(
        BeginRequest request, Caller caller, IdentityDb db, UserManager<Account> users, StaffCredentials credentials,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var userName = await db.Accounts.Where(account => account.Id == caller.AccountId).Select(account => account.UserName).SingleOrDefaultAsync(cancellationToken);
        if (userName is null) return Refusal.NotFound();
        // A stolen access token alone must not bring in another second factor.
        var (_, account) = await credentials.CheckAsync(userName, request.Password, request.Totp, cancellationToken);
        if (account is null)
        {
            await transaction.CommitAsync(CancellationToken.None);
            return Refusal.Forbidden("credentials_wrong");
        }

        db.Audit.Add(AuditEntry.Of(AuditAction.TotpEnrolmentBegun, account.Id, realTime.GetUtcNow()));
        account.TwoFactorEnabled = false;
        if (!(await users.ResetAuthenticatorKeyAsync(account)).Succeeded) return Refusal.Conflict("conflict_retry");
        var secret = (await users.GetAuthenticatorKeyAsync(account))!;
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(new BeginResponse(secret, $"otpauth://totp/SmartCity:{Uri.EscapeDataString(userName)}?secret={secret}&issuer=SmartCity&digits=6&period=30"));
    }

    private static async Task<Results<NoContent, Refusal>> ConfirmAsync(
        ConfirmRequest request, Caller caller, IdentityDb db, UserManager<Account> users, StaffCredentials credentials,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var account = await db.Accounts.SingleOrDefaultAsync(account => account.Id == caller.AccountId, cancellationToken);
        if (account is null) return Refusal.NotFound();
        if (account.TwoFactorEnabled) return Refusal.Conflict("totp_enrolled_already");
        if (account.TotpSecretSealed is null || !await credentials.IsTotpAsync(account, request.Code)) return Refusal.Invalid("totp_wrong", "code");

        db.Audit.Add(AuditEntry.Of(AuditAction.TotpEnrolled, account.Id, realTime.GetUtcNow()));
        return (await users.SetTwoFactorEnabledAsync(account, true)).Succeeded ? TypedResults.NoContent() : Refusal.Conflict("conflict_retry");
    }

    /// <param name="Password">The caller's password, again.</param>
    /// <param name="Totp">A code of the old secret, where there is one.</param>
    internal sealed record BeginRequest([Required, StringLength(256)] string Password, [RegularExpression(@"^[0-9]{6}\z")] string? Totp = null);

    /// <param name="Secret">Base32, to type in where no camera is at hand.</param>
    internal sealed record BeginResponse(string Secret, string OtpauthUri);

    internal sealed record ConfirmRequest([Required, RegularExpression(@"^[0-9]{6}\z")] string Code);
}
