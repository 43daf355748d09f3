using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests.Sample;

/// <summary>The sample service's surroundings in one test: its database and its names on the broker. Starts as many replicas as a test wants.</summary>
internal sealed class SampleCity : IAsyncDisposable
{
    private readonly List<IHost> replicas = [];

    private SampleCity(TestDatabase database, (string Key, string? Value)[] broker) => (Database, Broker) = (database, broker);

    public TestDatabase Database { get; }

    public (string Key, string? Value)[] Broker { get; }

    public string Prefix => Broker.Single(setting => setting.Key == "Messaging:Prefix").Value!;

    public static async Task<SampleCity> CreateAsync(CityServers servers, params (string Key, string? Value)[] settings) =>
        new(await TestDatabase.CreateAsync<SampleDb>(servers), [.. await servers.BrokerSettingsAsync(), .. settings]);

    public static IHost Build(
        string connectionString, (string Key, string? Value)[] broker, bool consumes = true, Disturbance? disturbance = null,
        TestLog? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "SmartCity.SampleService" });
        builder.Configuration.AddInMemoryCollection(broker.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        builder.Configuration["ConnectionStrings:sample-db"] = connectionString;
        builder.Configuration["Messaging:WatchInterval"] = "00:00:00.2";
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log ?? TestLog.Instance));
        builder.Services.AddSingleton(disturbance ?? Disturbance.None);
        builder.AddDatabase<SampleDb>("sample-db");
        // The library itself has no consumers: a replica that only sends.
        builder.AddMessaging<SampleDb>(consumes ? typeof(SampleCity).Assembly : typeof(MessagingSql).Assembly);
        return builder.Build();
    }

    /// <summary>A running replica of the service, as a deployment starts it.</summary>
    public async Task<IHost> StartAsync(bool consumes = true, Disturbance? disturbance = null)
    {
        var host = Build(Database.ConnectionString, Broker, consumes, disturbance);
        replicas.Add(host);
        await host.StartAsync();
        return host;
    }

    /// <summary>A replica whose queues exist and are read.</summary>
    public async Task<IHost> StartConsumingAsync(Disturbance? disturbance = null)
    {
        var host = await StartAsync(disturbance: disturbance);
        await Eventually.Async(() => host.BrokerHealth() == BusHealthStatus.Healthy);
        return host;
    }

    public static async Task CommitAsync(IHost host, params OutgoingEvent[] events)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SampleDb>();
        foreach (var e in events) db.Publish(e.Message, e.Key);
        await db.SaveChangesAsync();
    }

    /// <summary>What an operator does with a queue that the broker cannot bring up again.</summary>
    public async Task DeleteQueuesAsync()
    {
        var factory = new ConnectionFactory { Uri = new Uri(Broker.Single(setting => setting.Key == "ConnectionStrings:broker").Value!) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var consumer in new[] { "record-case", "count-visit" }) await channel.QueueDeleteAsync($"{Prefix}sample-service-{consumer}");
    }

    public Task<long> HeardAsync() => Database.ScalarAsync<long>("SELECT count(*) FROM heard_cases");

    public Task<long> WaitingAsync() => Database.ScalarAsync<long>("SELECT count(*) FROM messaging.outbox");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in replicas)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await host.StopAsync(patience.Token);
            host.Dispose();
        }

        await Database.DisposeAsync();
    }
}

internal static class SampleHost
{
    public static BusHealthStatus BrokerHealth(this IHost host) => host.Services.GetRequiredService<IBusControl>().CheckHealth().Status;

    public static async Task<HealthReportEntry> HealthAsync(this IHost host, string check)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries[check];
    }
}
