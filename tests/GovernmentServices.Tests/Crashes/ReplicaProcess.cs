using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests.Crashes;

/// <summary>A replica of the service in a process of its own, which can be killed and comes back on its port.</summary>
internal sealed class ReplicaProcess(string database, string provider, (string Key, string? Value)[] broker) : IAsyncDisposable
{
    private Process? process;

    public int Port { get; } = FreePort();

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>What it wrote, for when it ends by itself.</summary>
    public ConcurrentQueue<string?> Said { get; } = new();

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(typeof(Program).Assembly.Location)!,
            Environment =
            {
                ["ASPNETCORE_URLS"] = Address.ToString(), ["ConnectionStrings__government-services-db"] = database,
                ["PersonalData__Key"] = "a key for tests, with thirty-two characters or more",
                ["Auth__Authority"] = provider, ["Clients__Secret"] = "unused", ["Logging__LogLevel__Default"] = "Error",
                // Nobody is there: bookings need neither of them.
                ["services__health-code__grpc__0"] = "http://127.0.0.1:9", ["services__early-warning__grpc__0"] = "http://127.0.0.1:9",
            },
        };
        foreach (var (key, value) in broker) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        process = Process.Start(start)!;
        // Read, or a full pipe stops the process.
        process.OutputDataReceived += (_, line) => Said.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => Said.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async Task<bool> IsReadyAsync()
    {
        if (process is { HasExited: true })
        {
            // After a kill of the broker it may end itself, to be started again by whoever runs it (BusGuard). Anything else is a fault.
            if (!Said.Any(line => line?.Contains("to be started again", StringComparison.Ordinal) ?? false)) throw new InvalidOperationException(string.Join('\n', Said.TakeLast(60)));
            await KillAsync();
            Said.Clear();
            Start();
        }

        try
        {
            using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
            return (await http.GetAsync("/health/ready")).IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Where processes find the keys of the tests' tokens.</summary>
internal sealed class KeyProvider : IAsyncDisposable
{
    private readonly WebApplication app;

    private KeyProvider(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public static async Task<KeyProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new KeyProvider(builder.Build());
        provider.app.MapGet("/.well-known/openid-configuration", () => Results.Json(TestTokens.Provider(provider.Address).Configuration));
        provider.app.MapGet("/keys", () => Results.Json(TestTokens.Provider(provider.Address).Keys));
        await provider.app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
