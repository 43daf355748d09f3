using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SmartCity.Testing;

/// <summary>The whole city, started by its AppHost as <c>./run</c> starts it, with data and ports of its own.</summary>
[SupportedOSPlatform("linux")]
public sealed class CityProcess : IAsyncDisposable
{
    private const string PageToken = "tests";
    private const int Sigkill = 9;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(5);

    private readonly string folder = Directory.CreateTempSubdirectory("smartcity-system-").FullName;
    private readonly HttpClient page = new();
    private readonly List<string> log = [];
    private Process? appHost;

    /// <summary>The only way in.</summary>
    public Uri Gateway { get; private set; } = null!;

    /// <summary>Starts the city and waits until it can be entered. Its clock is a simulated one, phone codes stand in answers, and callers have wide limits.</summary>
    /// <param name="environment">What else the city is told.</param>
    public async Task StartAsync(params (string Name, string Value)[] environment)
    {
        // The servers' own user has to reach its data below.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        // A clock file makes the city a simulated one, whose clock the replay moves.
        await File.WriteAllTextAsync(Path.Combine(folder, "clock"), "00:00:00");

        var start = new ProcessStartInfo("dotnet", [AppHostAssembly(), $"--Aspire:Store:Path={folder}", $"--AppHost:BrowserToken={PageToken}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
            Environment =
            {
                ["PhoneCodes__ShowInAnswer"] = "true",
                ["PhoneCodes__MaxPerAddressAndHour"] = "1000000",
                ["PhoneCodes__MaxPerPhoneAndDay"] = "1000",
                ["Policy__Quotas__account__PerSecond"] = "5000",
                ["Policy__Quotas__account__Burst"] = "10000",
                ["Policy__Quotas__address__PerSecond"] = "5000",
                ["Policy__Quotas__address__Burst"] = "10000",
                ["Policy__Quotas__sign-in__PerSecond"] = "5000",
                ["Policy__Quotas__sign-in__Burst"] = "10000",
            },
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        appHost = Process.Start(start)!;
        appHost.OutputDataReceived += (_, line) => Keep(line.Data);
        appHost.ErrorDataReceived += (_, line) => Keep(line.Data);
        appHost.BeginOutputReadLine();
        appHost.BeginErrorReadLine();

        await Eventually.Async(IsReady, LongestStart, "the city is healthy");
        page.BaseAddress = Address("dashboard", "/login");
        page.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", PageToken);
        Gateway = Address("gateway", "");
    }

    /// <summary>SIGKILL to a resource: a service, a replica (<c>place-registration-1</c>), <c>postgres</c> or <c>broker</c>. The AppHost brings it back.</summary>
    public async Task KillAsync(string resource)
    {
        var victim = await ResourceAsync(resource);
        // PostgreSQL's and RabbitMQ's children go with their parent.
        if (kill(victim.ProcessId ?? throw new InvalidOperationException($"{resource} is not running."), Sigkill) != 0) throw new InvalidOperationException($"{resource} was not running.");
        await Eventually.Async(async () => (await ResourceAsync(resource)).Restarts > victim.Restarts, LongestStart, $"the AppHost has seen {resource} die");
    }

    /// <summary>A resource's process stands still for a while, as on a machine that swaps or pauses, and goes on as if nothing had been.</summary>
    public async Task FreezeAsync(string resource, TimeSpan time)
    {
        if ((await ResourceAsync(resource)).ProcessId is not { } process || kill(process, Sigstop) != 0) return;
        await Task.Delay(time, TimeProvider.System);
        _ = kill(process, Sigcont);
    }

    /// <summary>Stops a resource in an orderly way and starts it again.</summary>
    public async Task RestartAsync(string resource) => (await page.PostAsync(new Uri($"/api/resources/{resource}/restart", UriKind.Relative), null)).EnsureSuccessStatusCode();

    /// <summary>An address at which a service itself listens, behind the gateway's back.</summary>
    public async Task<Uri> OwnAddressAsync(string resource, string endpoint) => new((await ResourceAsync(resource)).Endpoints[endpoint]);

    /// <summary>Waits until everything runs and is healthy.</summary>
    public async Task HealthyAsync()
    {
        try
        {
            await Eventually.Async(async () => (await ResourcesAsync()).All(resource => resource.Healthy), LongestStart, "every resource is healthy");
        }
        catch (Exception exception) when (exception is TimeoutException or HttpRequestException)
        {
            IEnumerable<string> ill = appHost!.HasExited ? ["the AppHost itself"] : (await ResourcesAsync()).Where(resource => !resource.Healthy).Select(resource => resource.ToString());
            lock (log) throw new InvalidOperationException($"Not healthy: {string.Join(", ", ill)}\n{string.Join('\n', log.TakeLast(40))}", exception);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (appHost is { HasExited: false })
        {
            _ = kill(appHost.Id, 15);
            await appHost.WaitForExitAsync();
        }

        appHost?.Dispose();
        page.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);

    private async Task<Resource> ResourceAsync(string name) => (await ResourcesAsync()).Single(resource => resource.Name == name);

    private async Task<Resource[]> ResourcesAsync() => await page.GetFromJsonAsync<Resource[]>("/api/resources") ?? [];

    private bool IsReady()
    {
        lock (log)
        {
            if (appHost!.HasExited) throw new InvalidOperationException($"The city did not start:\n{string.Join('\n', log)}");
            return log.Exists(line => line.Contains("/login?t=", StringComparison.Ordinal));
        }
    }

    /// <summary>An address from the table that the AppHost prints.</summary>
    private Uri Address(string name, string marker)
    {
        lock (log) return new Uri(log.First(line => line.TrimStart().StartsWith(name, StringComparison.Ordinal) && line.Contains("http", StringComparison.Ordinal) && line.Contains(marker, StringComparison.Ordinal)).Split(' ')[^1]);
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (log) log.Add(line);
    }

    private static string AppHostAssembly()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = at.Parent!.Name;
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
        return Path.Combine(at!.FullName, "AppHost", "bin", configuration, "net10.0", "SmartCity.AppHost.dll");
    }

    private sealed record Resource(string Name, bool Healthy, int Restarts, int? ProcessId, IReadOnlyDictionary<string, string> Endpoints);
}
