using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;

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
    private HttpClient page = new();
    private readonly List<string> log = [];
    private Process? appHost;

    /// <summary>The checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether its servers and services outlive one of them (<c>./run --cluster</c>).</summary>
    public bool Clustered { get; init; }

    /// <summary>Services whose clocks can be set apart from the city's.</summary>
    public IReadOnlyList<string> SkewedServices { get; init; } = [];

    /// <summary>Where it keeps all that it keeps.</summary>
    public string Store => folder;

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
        foreach (var service in SkewedServices) await SetClockAsync(service, TimeSpan.Zero);
        lock (log) log.Clear();

        var start = new ProcessStartInfo("dotnet", [AppHostAssembly(), $"--Aspire:Store:Path={folder}", $"--AppHost:BrowserToken={PageToken}", .. Clustered ? ["--cluster"] : Array.Empty<string>()])
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
        page.Dispose();
        page = new HttpClient();
        page.BaseAddress = Address("dashboard", "/login");
        page.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", PageToken);
        Gateway = Address("gateway", "");
    }

    /// <summary>
    /// SIGKILL to a resource: a service, a replica (<c>place-registration-1</c>), <c>postgres</c> or <c>broker</c>. The AppHost brings it back. Of a cluster, the
    /// PostgreSQL that Patroni has started dies with it, as when a machine does.
    /// </summary>
    public async Task KillAsync(string resource)
    {
        var victim = await ResourceAsync(resource);
        KillDatabase(resource);
        // PostgreSQL's and RabbitMQ's children go with their parent.
        if (kill(victim.ProcessId ?? throw new InvalidOperationException($"{resource} is not running."), Sigkill) != 0) throw new InvalidOperationException($"{resource} was not running.");
        await Eventually.Async(async () => (await ResourceAsync(resource)).Restarts > victim.Restarts, LongestStart, $"the AppHost has seen {resource} die");
    }

    /// <summary>SIGKILL to the PostgreSQL that a cluster's Patroni has started; Patroni lives.</summary>
    public void KillDatabase(string resource)
    {
        var lockFile = Path.Combine(folder, "cluster", resource, "data", "postmaster.pid");
        if (File.Exists(lockFile) && int.TryParse(File.ReadLines(lockFile).FirstOrDefault(), out var postmaster)) _ = kill(postmaster, Sigkill);
    }

    /// <summary>A resource's process stands still for a while, as on a machine that swaps or pauses, and goes on as if nothing had been.</summary>
    public async Task FreezeAsync(string resource, TimeSpan time)
    {
        if ((await ResourceAsync(resource)).ProcessId is not { } process || kill(process, Sigstop) != 0) return;
        await Task.Delay(time, TimeProvider.System);
        _ = kill(process, Sigcont);
    }

    /// <summary>Stops a resource in an orderly way, starts it, or both.</summary>
    /// <param name="resource">Its name.</param>
    /// <param name="command"><c>start</c>, <c>stop</c> or <c>restart</c>.</param>
    public async Task CommandAsync(string resource, string command) => (await page.PostAsync(new Uri($"/api/resources/{resource}/{command}", UriKind.Relative), null)).EnsureSuccessStatusCode();

    /// <summary>Moves one service's clock away from the others'.</summary>
    public async Task SetClockAsync(string service, TimeSpan offset)
    {
        var file = Path.Combine(folder, $"clock.{service}");
        await File.WriteAllTextAsync($"{file}.new", offset.ToString("c"));
        File.Move($"{file}.new", file, overwrite: true);
    }

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

    /// <summary>No event of these services waits to be sent or to be read, none has failed.</summary>
    public async Task DrainedAsync(TimeSpan patience, params string[] services)
    {
        using var http = new HttpClient();
        foreach (var service in services)
        {
            var (ready, metrics) = (new Uri(await OwnAddressAsync(service, "http"), "/health/ready"), new Uri(await OwnAddressAsync(service, "metrics"), "/metrics"));
            await Eventually.Async(
                async () => JsonNode.Parse(await http.GetStringAsync(ready))!["checks"]!["messages"]!["status"]!.GetValue<string>() == "Healthy"
                    && (await http.GetStringAsync(metrics)).Split('\n').Where(line => line.StartsWith("smartcity_queue_waiting{", StringComparison.Ordinal)).All(line => line.Split(' ')[1] == "0"),
                patience, $"the messages of {service} are through");
        }
    }

    /// <summary>Stops the whole city in an orderly way; it can be started again.</summary>
    public async Task StopAsync()
    {
        if (appHost is { HasExited: false })
        {
            _ = kill(appHost.Id, 15);
            await appHost.WaitForExitAsync();
        }

        appHost?.Dispose();
        appHost = null;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
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

    private static string AppHostAssembly() => Path.Combine(Root, "AppHost", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "SmartCity.AppHost.dll");

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent!;
        return at.FullName;
    }

    private sealed record Resource(string Name, bool Healthy, int Restarts, int? ProcessId, IReadOnlyDictionary<string, string> Endpoints);
}
