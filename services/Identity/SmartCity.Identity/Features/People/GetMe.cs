using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Features.Tokens;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.People;

/// <summary>Who the city thinks one is.</summary>
internal static class GetMe
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/me", HandleAsync)
        .Allow([.. Roles.All, StaffGrant.Enrolling])
        .WithName("GetMe").WithTags("People").WithSummary("The caller's own account.")
        .WithExample(answer: new Response(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), null, "+86****0001", [Roles.Citizen], null, false, new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero)));

    private static async Task<Results<Ok<Response>, Refusal>> HandleAsync(Caller caller, IdentityDb db, PersonalData personalData, CancellationToken cancellationToken)
    {
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.Id == caller.AccountId, cancellationToken);
        return account is null
            ? Refusal.NotFound()
            : TypedResults.Ok(new Response(
                account.Id, account.PhoneHash is null ? account.UserName : null, account.MaskedPhone(personalData),
                account.Roles, account.Department, account.TwoFactorEnabled, account.CreatedAt));
    }

    /// <param name="UserName">Of staff.</param>
    /// <param name="Phone">Of whoever signs in by phone, but for its last digits.</param>
    /// <param name="TotpEnrolled">Whether a second factor is set up.</param>
    internal sealed record Response(
        Guid AccountId, string? UserName, string? Phone, IReadOnlyList<string> Roles, string? Department, bool TotpEnrolled, DateTimeOffset CreatedAt);
}
