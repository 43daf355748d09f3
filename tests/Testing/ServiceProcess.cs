using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SmartCity.Testing;

/// <summary>A service as it runs in the city: a process of its own with the real HTTP stack, which can be killed and started again on the same port.</summary>
/// <param name="service">Its name as the folders have it, for example <c>HealthCode</c>.</param>
/// <param name="settings">Configuration.</param>
public sealed class ServiceProcess(string service, params (string Key, string? Value)[] settings) : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private readonly int port = FreePort();
    private Process? process;

    /// <summary>Where it listens, whether it runs or not.</summary>
    public Uri Address => new($"http://127.0.0.1:{port}");

    /// <summary>Returns once it is ready.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Assembly()]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(Assembly())! };
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        process = Process.Start(start)!;
        // Nobody reads a full pipe.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            if (process.HasExited) throw new InvalidOperationException($"The service ended with {process.ExitCode} as it started.");
            try
            {
                using var answer = await client.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                if (Stopwatch.GetElapsedTime(started) > LongestStart) throw;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await KillAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Assembly() => Path.Combine(Built($"services/{service}/SmartCity.{service}"), $"SmartCity.{service}.dll");

    /// <summary>Where a project of the repository was built, in the configuration of this program.</summary>
    public static string Built(string project)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = at.Parent!.Name;
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
        return Path.Combine(at!.FullName, project, "bin", configuration, "net10.0");
    }
}
