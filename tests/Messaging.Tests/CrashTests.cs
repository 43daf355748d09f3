using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SmartCity.Messaging.Tests.Sample;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests;

/// <summary>Servers die by SIGKILL and come back; one at a time, on servers of their own.</summary>
public sealed class CrashTests : IAsyncDisposable
{
    private readonly CityServers servers = new();

    [Fact]
    public async Task What_is_committed_while_the_broker_is_dead_arrives_when_it_is_back()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();
        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));
        await Eventually.Async(async () => await city.HeardAsync() == 1);

        await servers.KillBrokerAsync();
        await SampleCity.CommitAsync(host, [.. Enumerable.Range(2, 99).Select(n => new OutgoingEvent(new CaseNoted("anna", n), "anna"))]);
        await Eventually.Async(async () => (await host.HealthAsync("broker")).Status == HealthStatus.Degraded);
        (await host.HealthAsync("database")).Status.ShouldBe(HealthStatus.Healthy);
        (await city.WaitingAsync()).ShouldBe(99);

        await servers.ReviveBrokerAsync();
        await Eventually.Async(async () => await city.HeardAsync() == 100, TimeSpan.FromSeconds(90));
        await Eventually.Async(async () => await city.WaitingAsync() == 0);
        await Eventually.Async(async () => (await host.HealthAsync("broker")).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_service_starts_and_commits_while_the_broker_is_dead()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await servers.KillBrokerAsync();

        var host = await city.StartAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));
        (await host.HealthAsync("broker")).Status.ShouldBe(HealthStatus.Degraded);

        await servers.ReviveBrokerAsync();
        await Eventually.Async(async () => await city.WaitingAsync() == 0, TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_process_that_cannot_read_its_queue_again_ends_and_the_next_one_reads_it()
    {
        await using var city = await SampleCity.CreateAsync(servers, ("Messaging:BusPatience", "00:00:05"));
        var host = await city.StartConsumingAsync();
        await servers.KillBrokerAsync(sparingYoungQueues: false);
        await servers.ReviveBrokerAsync();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await Eventually.Async(() => stopping.IsCancellationRequested, TimeSpan.FromSeconds(120));
        Environment.ExitCode = 0;
        await host.StopAsync();

        await city.DeleteQueuesAsync();

        var next = await city.StartConsumingAsync();
        await SampleCity.CommitAsync(next, new OutgoingEvent(new CaseNoted("anna", 1), "anna"), new OutgoingEvent(new VisitNoted("market")));
        await Eventually.Async(async () => await city.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox") == 2);
    }

    [Fact]
    public async Task Nothing_is_lost_or_done_twice_when_PostgreSQL_dies_under_the_consumers()
    {
        const int Events = 400;
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();
        var bus = host.Services.GetRequiredService<IBus>();

        for (var n = 0; n < Events; n++) await bus.Publish(new CaseNoted($"patient {n % 50}", n));
        await Eventually.Async(async () => await city.HeardAsync() > 20);
        await servers.KillPostgresAsync();
        await Eventually.Async(async () => (await host.HealthAsync("database")).Status == HealthStatus.Unhealthy);
        await servers.RevivePostgresAsync();
        city.Database.Reconnect();

        await Eventually.Async(async () => await city.HeardAsync() >= Events, TimeSpan.FromSeconds(90));
        (await city.Database.ScalarAsync<long>("SELECT count(DISTINCT number) FROM heard_cases")).ShouldBe(Events);
        (await city.HeardAsync()).ShouldBe(Events);
        await Eventually.Async(async () => (await host.HealthAsync("messages")).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_service_stops_in_time_while_its_consumers_wait_for_PostgreSQL_and_the_next_one_consumes()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();
        await servers.KillPostgresAsync();
        var id = Guid.CreateVersion7();
        await host.Services.GetRequiredService<IBus>().Publish(new CaseNoted("anna", 1), context => context.MessageId = id);
        await Eventually.Async(() => TestLog.Instance.Lines.Any(line => line.Text.Contains(id.ToString()) && line.Text.Contains("R-RETRY")));

        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(25));

        await servers.RevivePostgresAsync();
        city.Database.Reconnect();
        await city.StartAsync();
        await Eventually.Async(async () => await city.HeardAsync() == 1);
    }

    [Fact]
    public async Task Nothing_is_lost_when_PostgreSQL_dies_under_the_relay()
    {
        const int Events = 3000;
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        var host = await city.StartAsync(consumes: false);

        await SampleCity.CommitAsync(host, [.. Enumerable.Range(0, Events).Select(n => new OutgoingEvent(new CaseNoted("crowd", n), n % 200))]);
        await Eventually.Async(() => !tap.Messages.IsEmpty);
        await servers.KillPostgresAsync();
        await servers.RevivePostgresAsync();
        city.Database.Reconnect();

        await Eventually.Async(async () => await city.WaitingAsync() == 0, TimeSpan.FromSeconds(60));
        await Eventually.Async(() => tap.Messages.Select(message => message.Case.Number).Distinct().Count() == Events);
    }

    [Fact]
    public async Task A_service_that_starts_before_PostgreSQL_waits_for_it_and_then_migrates()
    {
        await using var database = await TestDatabase.CreateEmptyAsync(servers);
        var broker = await servers.BrokerSettingsAsync();
        await servers.KillPostgresAsync();

        using var host = SampleCity.Build(database.ConnectionString, broker);
        var start = host.StartAsync();
        await Eventually.Async(() => TestLog.Instance.Lines.Any(line => line.Text.StartsWith("PostgreSQL was not ready", StringComparison.Ordinal)));
        start.IsCompleted.ShouldBeFalse();

        await servers.RevivePostgresAsync();
        await start.WaitAsync(TimeSpan.FromSeconds(60));
        (await database.ScalarAsync<long>("SELECT count(*) FROM messaging.outbox_shard")).ShouldBe(16);
        await host.StopAsync();
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
