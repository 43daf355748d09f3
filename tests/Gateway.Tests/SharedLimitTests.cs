using System.Diagnostics;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

/// <summary>Two gateways, two processes, one broker that dies.</summary>
public sealed class SharedLimitTests
{
    private const double PerSecond = 20;
    private const int Burst = 60;

    private static readonly TimeSpan Rush = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_caller_of_two_gateways_gets_the_quota_once_whoever_dies()
    {
        await using var servers = new CityServers();
        await using var backend = await Backend.StartAsync("only");
        (string, string?)[] settings =
        [
            .. await servers.BrokerSettingsAsync(), ("services:health-code:http:0", backend.Url),
            ("Policy:Quotas:account:PerSecond", $"{PerSecond}"), ("Policy:Quotas:account:Burst", $"{Burst}"), ("Logging:LogLevel:Default", "Warning"),
        ];
        var starting = (GatewayProcess.StartAsync(settings), GatewayProcess.StartAsync(settings));
        await using var one = await starting.Item1;
        await using var two = await starting.Item2;
        await HealthAsync(one, "1 other gateways");
        await HealthAsync(two, "1 other gateways");

        // Quota: what one gateway alone would give in the same time.
        (await RushAsync(one, two)).ShouldBeInRange(0.75, 1.2);
        (await RushAsync(one)).ShouldBeInRange(0.75, 1.05);

        await servers.KillBrokerAsync();
        await HealthAsync(one, "not shared");
        await HealthAsync(two, "not shared");
        (await RushAsync(one, two)).ShouldBeInRange(0.75, 1.2);
        await servers.ReviveBrokerAsync();
        await HealthAsync(one, "1 other gateways");

        two.Kill();
        await HealthAsync(one, "0 other gateways");
        (await RushAsync(one)).ShouldBeInRange(0.75, 1.05);
    }

    /// <summary>Somebody new asks without end, and far more often than allowed. What was given, as part of the quota.</summary>
    private static async Task<double> RushAsync(params GatewayProcess[] gateways)
    {
        var caller = Guid.CreateVersion7();
        var (given, started) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(gateways.SelectMany(gateway => Enumerable.Range(0, 2).Select(async _ =>
        {
            using var client = gateway.Client(caller);
            while (Stopwatch.GetElapsedTime(started) < Rush)
            {
                using var answer = await client.GetAsync("/health-code/v1/who");
                if (answer.IsSuccessStatusCode) Interlocked.Increment(ref given);
                // The broker lives on the same processors: without them it can tell nobody anything.
                else await Task.Delay(5);
            }
        })));
        return given / (Burst + (PerSecond * Stopwatch.GetElapsedTime(started).TotalSeconds));
    }

    private static Task HealthAsync(GatewayProcess gateway, string says) => Eventually.Async(
        async () =>
        {
            using var client = gateway.Client();
            return (await client.GetStringAsync("/health/ready")).Contains(says);
        },
        TimeSpan.FromSeconds(60),
        $"the gateway says: {says}");
}
