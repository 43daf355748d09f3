using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Staff;

/// <summary>An operator makes an account for somebody who works for the city, and hands over its first password.</summary>
internal static partial class CreateStaffAccount
{
    private const string UserNamePattern = @"^[a-z][a-z0-9.\-]{2,31}\z";

    /// <summary>Roles that come from a phone or a consent, and are not given.</summary>
    private static readonly string[] NotForStaff = [Roles.Citizen, Roles.Proxy];

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/staff", HandleAsync)
        .Allow(Roles.Operator)
        .WithName("CreateStaffAccount").WithTags("Staff")
        .WithSummary("Makes a staff account. The answer holds its first password, shown this once; with it the person sets up TOTP.")
        .WithExample(
            new Request("wang.fang", [Roles.DepartmentOfficer], "health-commission"),
            new Response(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), "wang.fang", "J7b0yq3X1kFvZ8mQ2nRt"));

    private static async Task<Results<Created<Response>, Refusal>> HandleAsync(
        Request request, Caller caller, IdentityDb db, UserManager<Account> users,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        if (request.Roles.Except(Roles.All).Any() || request.Roles.Intersect(NotForStaff).Any()) return Refusal.Invalid("role_invalid", "roles");
        if (request.Roles.Contains(Roles.DepartmentOfficer) && request.Department is null) return Refusal.Invalid("department_missing", "department");

        var now = realTime.GetUtcNow();
        var account = Account.OfStaff(request.UserName, [.. request.Roles.Distinct()], request.Department, now);
        var password = NewPassword();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var created = await users.CreateAsync(account, password);
        if (!created.Succeeded) return Refusal.Conflict("user_name_taken", "userName");

        db.Audit.Add(AuditEntry.Of(AuditAction.AccountCreated, account.Id, now, actor: caller.AccountId));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created($"/identity/v1/staff/{account.Id}", new Response(account.Id, request.UserName, password));
    }

    [GeneratedRegex(UserNamePattern)]
    public static partial Regex UserName();

    /// <summary>120 random bits.</summary>
    public static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15));

    /// <param name="UserName">Lower case letters, digits, dots and hyphens; it names the account for good.</param>
    /// <param name="Roles">What the person is to the city.</param>
    /// <param name="Department">For example health-commission; required for a department officer.</param>
    internal sealed record Request(
        [Required, RegularExpression(UserNamePattern)] string UserName,
        [Required, Length(1, 9)] IReadOnlyList<string> Roles,
        [RegularExpression(@"^[a-z][a-z0-9\-]{2,63}\z")] string? Department = null);

    internal sealed record Response(Guid AccountId, string UserName, string Password);
}
