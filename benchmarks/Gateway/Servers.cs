using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.Testing;
using Yarp.ReverseProxy.Configuration;

namespace SmartCity.Benchmarks.Gateway;

/// <summary>
/// The service behind (a program of its own), the gateway as it is delivered (a program of its own), and plain YARP, which does nothing but forward (a program of its own).
/// All share the machine with the load.
/// </summary>
internal sealed class Servers : IDisposable
{
    /// <summary>What the service bears: so many at once, each for so long. It and not the machine is the bottleneck, as a database would be.</summary>
    public const int Hands = 16;

    public const int Milliseconds = 40;

    private readonly List<Process> processes = [];

    private Servers() { }

    public Uri Gateway { get; private set; } = null!;

    public Uri Plain { get; private set; } = null!;

    /// <summary>The service itself: bare Kestrel, the most that an answer which nobody forwards can be.</summary>
    public Uri Backend { get; private set; } = null!;

    public static async Task<Servers> StartAsync()
    {
        var servers = new Servers();
        var backend = servers.Backend = await servers.StartAsync(Self, ["backend"]);
        servers.Plain = await servers.StartAsync(Self, ["plain", backend.ToString()]);
        servers.Gateway = await servers.StartAsync(Path.Combine(AppContext.BaseDirectory, "SmartCity.Gateway.dll"),
        [
            $"--services:health-code:http:0={backend}",
            $"--Auth:Authority={backend}identity",
            // One address and a few accounts stand for a city; every limit is counted all the same.
            "--Policy:Quotas:account:PerSecond=100000",
            "--Policy:Quotas:account:Burst=100000",
            "--Policy:Quotas:address:PerSecond=100000",
            "--Policy:Quotas:address:Burst=100000",
        ]);
        return servers;
    }

    /// <summary>Runs one of the small programs; false when the arguments name none.</summary>
    public static async Task<bool> RunAsync(string[] arguments)
    {
        if (arguments is not [("backend" or "plain") and var role, ..]) return false;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (role == "plain")
        {
            builder.Services.AddRoutingCore();
            builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "all", Match = new RouteMatch { Path = "/{**rest}" } }],
                [new ClusterConfig { ClusterId = "all", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = arguments[1] } } }]);
        }

        var app = builder.Build();
        if (role == "plain") app.MapReverseProxy();
        else MapBackend(app);
        await app.RunAsync();
        return true;
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private static string Self => typeof(Servers).Assembly.Location;

    private static void MapBackend(WebApplication app)
    {
        var hands = new SemaphoreSlim(Hands);
        var bulletins = System.Text.Json.JsonSerializer.Serialize(Enumerable.Range(0, 20).Select(number => new { number, text = "Wash your hands, open the window, stay at home when ill." }));
        app.MapGet("/health/ready", () => "Healthy");
        app.MapGet("/identity/.well-known/openid-configuration", (HttpRequest request) => TestTokens.Discovery($"http://{request.Host}/identity/keys"));
        app.MapGet("/identity/keys", () => File.ReadAllText(KeysFile));
        app.MapGet("/health-code/v1/me/history", () => "{\"color\":\"green\"}");
        app.MapGet("/health-code/v1/me/code", (CancellationToken cancellation) => WorkAsync(cancellation));
        app.MapGet("/health-code/v1/work", (CancellationToken cancellation) => WorkAsync(cancellation));
        app.MapGet("/health-code/v1/bulletins", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "public, max-age=5";
            response.ContentType = "application/json";
            return response.WriteAsync(bulletins);
        });

        async Task<string> WorkAsync(CancellationToken cancellation)
        {
            await hands.WaitAsync(cancellation);
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Milliseconds), TimeProvider.System, cancellation);
            }
            finally
            {
                hands.Release();
            }

            return "{\"color\":\"green\"}";
        }
    }

    /// <summary>The key with which this program signs the callers' tokens: the backend runs in another.</summary>
    private static string KeysFile => Path.Combine(Path.GetTempPath(), "smartcity-benchmark-gateway-keys.json");

    public static void PublishKeys() => File.WriteAllText(KeysFile, System.Text.Json.JsonSerializer.Serialize(TestTokens.Keys()));

    private async Task<Uri> StartAsync(string program, string[] arguments)
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        // The access log is written, and read by nobody.
        var command = string.Join(' ', new[] { "exec", "dotnet", program }.Concat(arguments)) + " >/dev/null";
        var start = new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = AppContext.BaseDirectory };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        processes.Add(Process.Start(start)!);
        var address = new Uri($"http://127.0.0.1:{port}");
        using var client = new HttpClient { BaseAddress = address };
        await Eventually.Async(
            async () =>
            {
                try
                {
                    return (await client.GetAsync("/health/ready")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            $"{Path.GetFileName(program)} is ready");
        return address;
    }
}
