using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace SmartCity.AppHost;

/// <summary>Accounts to try the city with, one per role. They are public, so a real city sets <c>Identity__DemoAccounts</c> to false.</summary>
internal static class DemoAccounts
{
    private static readonly (string Role, string Account)[] Accounts =
    [
        ("citizen, helper", "phones +8613800000001, +8613800000002; the code is in the log of identity"),
        ("venue operator", "venue"),
        ("grid worker, counter", "grid-worker, counter"),
        ("laboratory", "laboratory"),
        ("health officer", "health-officer"),
        ("department officers", "officer-health, officer-security, officer-services, officer-emergency"),
        ("approver, auditor", "approver, auditor"),
        ("operator", "operator"),
        ("all staff", "password smart-city-demo, TOTP secret SMARTCITYDEMO234SMARTCITYDEMO234"),
    ];

    /// <summary>Lets the identity service make the accounts. A replay signs in hundreds of people from one address, who cannot read its log.</summary>
    public static IResourceBuilder<ProjectResource> WithDemoAccounts(this IResourceBuilder<ProjectResource> identity, bool replay)
    {
        identity.WithEnvironment("Identity__DemoAccounts", "true");
        if (!replay) return identity;
        return identity
            .WithEnvironment("PhoneCodes__ShowInAnswer", "true")
            .WithEnvironment("PhoneCodes__MaxPerAddressAndHour", "1000000")
            .WithEnvironment("PhoneCodes__MaxPerPhoneAndDay", "1000");
    }

    /// <summary>Prints the accounts once the city can be entered.</summary>
    public static IResourceBuilder<ProjectResource> PrintsDemoAccounts(this IResourceBuilder<ProjectResource> gateway) => gateway.OnResourceReady((_, _, _) =>
    {
        Console.WriteLine();
        Console.WriteLine("  Demo accounts");
        foreach (var (role, account) in Accounts) Console.WriteLine($"    {role,-20} {account}");
        return Task.CompletedTask;
    });
}
