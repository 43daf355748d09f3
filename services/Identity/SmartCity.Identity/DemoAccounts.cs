using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity;

/// <summary>
/// Accounts to try the city with, where <c>Identity:DemoAccounts</c> is true. They are public (the README lists them), so a real city has none.
/// </summary>
internal sealed partial class DemoAccounts(IServiceScopeFactory scopes, IOptions<ProviderSettings> settings, ILogger<DemoAccounts> logger) : IHostedService
{
    public const string Password = "smart-city-demo";

    /// <summary>Base32, for any authenticator app.</summary>
    public const string TotpSecret = "SMARTCITYDEMO234SMARTCITYDEMO234";

    /// <summary>Staff, who sign in with their user name, the password and a code from the TOTP secret.</summary>
    public static IReadOnlyList<Staff> All { get; } =
    [
        new("venue", Roles.VenueOperator),
        new("grid-worker", Roles.GridWorker),
        new("counter", Roles.CounterStaff),
        new("laboratory", Roles.Laboratory),
        new("health-officer", Roles.HealthOfficer, "health-commission"),
        new("officer-health", Roles.DepartmentOfficer, "health-commission"),
        new("officer-security", Roles.DepartmentOfficer, "public-security"),
        new("officer-services", Roles.DepartmentOfficer, "government-services"),
        new("officer-emergency", Roles.DepartmentOfficer, "emergency-management"),
        new("approver", Roles.Approver, "emergency-management"),
        new("auditor", Roles.Auditor),
        new("operator", Roles.Operator),
    ];

    /// <summary>People, who sign in with their phone: the second may act for the first with a consent.</summary>
    public static IReadOnlyList<string> Phones { get; } = ["+8613800000001", "+8613800000002"];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!settings.Value.DemoAccounts) return;
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<IdentityDb>();
        var users = services.GetRequiredService<UserManager<Account>>();
        var personalData = services.GetRequiredService<PersonalData>();
        var now = services.GetRequiredKeyedService<TimeProvider>(RealTime.Key).GetUtcNow();

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Replicas start together.
        await db.Database.ExecuteSqlAsync($"LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE", cancellationToken);
        foreach (var staff in All)
        {
            if (await users.FindByNameAsync(staff.UserName) is not null) continue;
            var account = Account.OfStaff(staff.UserName, [staff.Role], staff.Department, now);
            account.TotpSecretSealed = personalData.Seal(TotpSecret, account.Id);
            account.TwoFactorEnabled = true;
            var created = await users.CreateAsync(account, Password);
            if (!created.Succeeded) throw new InvalidOperationException($"The demo account {staff.UserName} is refused: {created}");
        }

        await transaction.CommitAsync(cancellationToken);
        Enabled();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "Demo accounts with a public password are enabled (Identity:DemoAccounts)")]
    private partial void Enabled();

    internal sealed record Staff(string UserName, string Role, string? Department = null);
}
