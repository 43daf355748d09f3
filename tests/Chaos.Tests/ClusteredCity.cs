using System.Diagnostics;
using System.Text.Json.Nodes;
using SmartCity.Replay;
using SmartCity.System.Tests;
using SmartCity.Testing;

namespace SmartCity.Chaos.Tests;

/// <summary>The city as <c>./run --cluster</c> starts it, its load and its nemesis.</summary>
public sealed class ClusteredCity : IAsyncLifetime
{
    /// <summary>Whoever waits longer than this has lost.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Services with clocks of their own.</summary>
    public static readonly string[] Skewed = ["health-code", "place-registration", "government-services"];

    private readonly CityProcess city = new() { Clustered = true, SkewedServices = Skewed };
    private readonly HttpClient http = new();

    /// <summary>The only way in.</summary>
    public Uri Gateway => city.Gateway;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => await city.StartAsync();

    /// <summary>A new client of the gateway, as the replay uses it.</summary>
    internal City Open() => new(Gateway);

    internal Task<Neighbours> MeetAsync() => Neighbours.MeetAsync(Open());

    /// <inheritdoc cref="CityProcess.KillAsync" />
    public Task KillAsync(string resource) => city.KillAsync(resource);

    /// <inheritdoc cref="CityProcess.KillDatabase" />
    public void KillDatabase(string resource) => city.KillDatabase(resource);

    /// <inheritdoc cref="CityProcess.FreezeAsync" />
    public Task FreezeAsync(string resource, TimeSpan time) => city.FreezeAsync(resource, time);

    /// <inheritdoc cref="CityProcess.RestartAsync" />
    public Task RestartAsync(string resource) => city.CommandAsync(resource, "restart");

    /// <summary>The broker believes its disk to be full for a while: it takes nothing from publishers.</summary>
    public async Task FillDiskAsync(string broker, TimeSpan time)
    {
        await RunAsync("rabbitmqctl", broker, city.Store, "set_disk_free_limit", "999999GB");
        await Task.Delay(time, TimeProvider.System);
        await RunAsync("rabbitmqctl", broker, city.Store, "set_disk_free_limit", "50MB");
    }

    /// <summary>Nobody reaches the server for a while, and whoever was connected to it is cut off: the balancer is the relay in between.</summary>
    public async Task CutAsync(string server, TimeSpan time)
    {
        var name = $"{server.Split('-')[0]}/{server}";
        await RunAsync("balancerctl", null, city.Store, $"set server {name} state maint; shutdown sessions server {name}");
        await Task.Delay(time, TimeProvider.System);
        await RunAsync("balancerctl", null, city.Store, $"set server {name} state ready");
    }

    /// <summary>The broker and the two others do not reach each other for a while, as if the network between them were gone; its clients still reach it.</summary>
    public async Task PartAsync(string broker, TimeSpan time)
    {
        var others = string.Join(',', from number in (int[])[1, 2, 3] where $"broker-{number}" != broker select $"'broker-{number}@localhost'");
        // Nodes whose cookies differ refuse each other.
        await RunAsync("rabbitmqctl", broker, city.Store, "eval", $"[begin erlang:set_cookie(Other, parted), erlang:disconnect_node(Other) end || Other <- [{others}]].");
        await Task.Delay(time, TimeProvider.System);
        await RunAsync("rabbitmqctl", broker, city.Store, "eval", $"[erlang:set_cookie(Other, erlang:get_cookie()) || Other <- [{others}]].");
    }

    /// <summary>A service's clock is wrong for a while.</summary>
    public async Task SkewAsync(string service, TimeSpan offset, TimeSpan time)
    {
        await city.SetClockAsync(service, offset);
        await Task.Delay(time, TimeProvider.System);
        await city.SetClockAsync(service, TimeSpan.Zero);
    }

    /// <summary>Starts or stops a resource.</summary>
    public Task CommandAsync(string resource, string command) => city.CommandAsync(resource, command);

    /// <inheritdoc cref="CityProcess.HealthyAsync" />
    public Task HealthyAsync() => city.HealthyAsync();

    /// <summary>Which PostgreSQL leads, by Patroni's word; null while none does.</summary>
    public async Task<string?> LeaderAsync()
    {
        foreach (var member in (string[])["postgres-1", "postgres-2"])
        {
            try
            {
                var cluster = JsonNode.Parse(await http.GetStringAsync(new Uri(await city.OwnAddressAsync(member, "rest"), "/cluster")))!;
                return cluster["members"]!.AsArray().SingleOrDefault(one => one!["role"]!.GetValue<string>() == "leader" && one["state"]!.GetValue<string>() == "running")?["name"]!.GetValue<string>();
            }
            catch (HttpRequestException)
            {
                // Then the other knows.
            }
        }

        return null;
    }

    /// <summary>Asks the leader to hand over to the standby, as before maintenance. Whether it did is seen by who leads.</summary>
    public async Task HandOverAsync(string leader)
    {
        // With its length: Patroni reads no chunks.
        using var order = new StringContent($$"""{"leader":"{{leader}}"}""");
        (await http.PostAsync(new Uri(await city.OwnAddressAsync(leader, "rest"), "/switchover"), order)).Dispose();
    }

    /// <summary>Whether a standby has every commit before its caller hears of it.</summary>
    public async Task<bool> IsCopiedAsync()
    {
        foreach (var member in (string[])["postgres-1", "postgres-2"])
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(await city.OwnAddressAsync(member, "rest"), "/sync"));
                if (answer.IsSuccessStatusCode) return true;
            }
            catch (HttpRequestException)
            {
                // Not this one.
            }
        }

        return false;
    }

    /// <summary>Whether each broker sees both others.</summary>
    public async Task<bool> AreBrokersTogetherAsync()
    {
        for (var number = 1; number <= 3; number++)
        {
            try
            {
                var metrics = await http.GetStringAsync(new Uri(await city.OwnAddressAsync($"broker-{number}", "metrics"), "/metrics"));
                if (metrics.Split('\n').Count(line => line.StartsWith("erlang_vm_dist_node_state{peer=\"broker-", StringComparison.Ordinal) && line.EndsWith(" 3", StringComparison.Ordinal)) != 2) return false;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc cref="CityProcess.DrainedAsync" />
    public Task DrainedAsync() => city.DrainedAsync(Patience, "health-code-1", "place-registration-1", "government-services-1", "early-warning-1");

    /// <summary>Saves the databases and returns when that is done.</summary>
    public Task BackUpAsync() => RunAsync("backup", null, city.Store);

    /// <summary>Stops the city and starts it as it was.</summary>
    public async Task RestoreAsync(DateTimeOffset moment)
    {
        await city.StopAsync();
        await RunAsync("restore", null, moment.UtcDateTime.ToString("O"), city.Store);
        await city.StartAsync();
    }

    /// <summary>Asks again until there is an answer, as callers do.</summary>
    internal static async Task<T> SurelyAsync<T>(Func<Task<T>> ask)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception fault) when (fault is CityException or HttpRequestException or TaskCanceledException && TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>Scans at the door until the visit is confirmed; scanning again finds the same visit.</summary>
    internal static Task<Guid> CheckInAsync(City through, Account citizen, Guid placeId) => SurelyAsync(async () =>
        (await through.PostAsync("/place-registration/v1/check-ins", new { placeId }, citizen, CancellationToken.None))!["visitId"]!.GetValue<Guid>());

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await city.DisposeAsync();
    }

    private static async Task RunAsync(string script, string? ask, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(CityProcess.Root, "deploy", "cluster", script), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (ask is not null) start.Environment["ASK"] = ask;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{script}: {string.Join('\n', said)}");
    }
}
