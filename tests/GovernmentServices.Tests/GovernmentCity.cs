using Microsoft.Extensions.DependencyInjection;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>The government services with a database and names on the broker of their own.</summary>
internal sealed class GovernmentCity : IAsyncDisposable
{
    public const string Path = "/government-services/v1";
    public const string Health = "health-commission";
    public const string Security = "public-security";
    public const string Services = "government-services";
    public const string Emergency = "emergency-management";

    public static readonly DateTimeOffset Start = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly List<CityApp<Program>> apps = [];

    private GovernmentCity(TestDatabase database, (string Key, string? Value)[] broker, Register register) => (Database, Broker, Register) = (database, broker, register);

    public TestDatabase Database { get; }

    public (string Key, string? Value)[] Broker { get; }

    public Register Register { get; }

    public MovableClock Clock { get; } = new(Start);

    public CityApp<Program> App => apps[0];

    public static async Task<GovernmentCity> StartAsync(CityServers servers)
    {
        var city = new GovernmentCity(await TestDatabase.CreateAsync<GovernmentServicesDb>(servers), await servers.BrokerSettingsAsync(), await Register.OpenAsync());
        city.AddReplica();
        return city;
    }

    /// <summary>One more process, as it were, on the same database.</summary>
    public CityApp<Program> AddReplica()
    {
        var replica = new CityApp<Program>(
            "government-services", Clock,
            [
                .. Broker, .. Register.Settings,
                ("ConnectionStrings:government-services-db", Database.ConnectionString),
                ("PersonalData:Key", "a key for tests, with thirty-two characters or more"),
            ]);
        // Replicas pass requests on to each other: they need addresses.
        replica.UseKestrel(0);
        apps.Add(replica);
        return replica;
    }

    /// <summary>A second one beside the first, once each writes half of the bookables.</summary>
    public async Task<CityApp<Program>[]> TwoReplicasAsync()
    {
        CityApp<Program>[] both = [App, AddReplica()];
        foreach (var replica in both) replica.Anyone().Dispose();
        await Eventually.Async(() => both.All(replica =>
            Enumerable.Range(0, BookingPartitions.Count).Count(replica.Services.GetRequiredService<BookingPartitions>().Holds) == BookingPartitions.Count / 2));
        return both;
    }

    public HttpClient Anyone(string language = "en")
    {
        var client = App.Anyone();
        client.DefaultRequestHeaders.Add("Accept-Language", language);
        return client;
    }

    public HttpClient Citizen(Guid? account = null) => App.As(account ?? Guid.NewGuid(), Roles.Citizen);

    public HttpClient Officer(string department = Health, Guid? account = null) => App.AsOfficer(account ?? Guid.NewGuid(), department, Roles.DepartmentOfficer);

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps) await app.DisposeAsync();
        await Register.DisposeAsync();
        await Database.DisposeAsync();
    }
}
