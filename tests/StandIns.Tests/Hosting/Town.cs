using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using DotNet.Testcontainers;
using SmartCity.NativeServers;

namespace SmartCity.StandIns.Tests.Hosting;

/// <summary>A resource as the page's JSON tells it.</summary>
internal sealed record TownResource(
    string Name, string State, bool Healthy, int Restarts, int? ProcessId, Dictionary<string, string> Endpoints, string[] LastLines);

/// <summary>The test town's AppHost as a process, seen from outside: its console, its dashboard, its processes.</summary>
internal sealed class Town : IAsyncDisposable
{
    private const string Token = "a-token-for-tests";

    private readonly ConcurrentQueue<string> _console = new();
    private readonly bool _ownsData;

    private Town(string data, bool ownsData)
    {
        Data = data;
        _ownsData = ownsData;
    }

    public string Data { get; }

    public ChildProcess Process { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public IReadOnlyCollection<string> Console => _console;

    public string ConsoleText => string.Join('\n', _console);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string NewData() => TemporaryDirectory.New("town");

    /// <summary>Starts a town and waits until it is ready.</summary>
    public static async Task<Town> StartAsync(string? data = null, params string[] arguments)
    {
        var town = await LaunchAsync(data, arguments);
        await Eventually(() => town.Console.Any(line => line.Contains("/login?t=")) || town.Process.Exited.IsCompleted);
        town.Process.Exited.IsCompleted.ShouldBeFalse(town.ConsoleText);
        var page = new Uri(town.Console.First(line => line.Contains("/login?t=")).Split("dashboard")[1].Trim());
        town.Http = new() { BaseAddress = new($"http://127.0.0.1:{page.Port}") };
        town.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return town;
    }

    /// <summary>Starts a town through another program: <c>dotnet</c> itself, or a shell.</summary>
    public static async Task<Town> LaunchAsync(string? data, string[] arguments, string? shell = null)
    {
        var town = new Town(data ?? NewData(), data is null);
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../TestTown/AppHost/bin", Path.GetFileName(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."))), "net10.0/TestTown.AppHost.dll"));
        string[] command = ["dotnet", program, $"--Aspire:Store:Path={town.Data}", $"--AppHost:BrowserToken={Token}", .. arguments];
        if (shell is not null)
            command = [shell, "-c", "\"$@\"; true", shell, .. command];
        town.Process = await ChildProcess.StartAsync(new(command[0], command[1..], null, Path.GetTempPath(), StopSignal.Terminate), town._console.Enqueue);
        return town;
    }

    public Task<int> ExitCodeAsync() => Process.Exited.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

    public async Task<TownResource[]> ResourcesAsync() => (await Http.GetFromJsonAsync<TownResource[]>("/api/resources", Cancellation))!;

    public async Task<TownResource> ResourceAsync(string name) => (await ResourcesAsync()).Single(resource => resource.Name == name);

    public async Task<Dictionary<string, string>> EnvironmentOfAsync(string name)
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<Dictionary<string, string>>($"{(await ResourceAsync(name)).Endpoints["http"]}/env", Cancellation))!;
    }

    public async Task<TownResource> EventuallyAsync(string name, Func<TownResource, bool> condition)
    {
        TownResource resource = null!;
        await EventuallyAsync(async () => condition(resource = await ResourceAsync(name)));
        return resource;
    }

    public static Task Eventually(Func<bool> condition) => EventuallyAsync(() => Task.FromResult(condition()));

    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), "it does not come about");
            await Task.Delay(50, Cancellation);
        }
    }

    /// <summary>This process's children, their children, and so on, with their names.</summary>
    public static Dictionary<int, string> Descendants(int ancestor)
    {
        var found = new Dictionary<int, string>();
        var parents = System.Diagnostics.Process.GetProcesses().Select(process => (process.Id, process.ProcessName, Parent: ParentOf(process.Id))).ToList();
        var generation = new List<int> { ancestor };
        while (generation.Count > 0)
        {
            var children = parents.Where(process => generation.Contains(process.Parent)).ToList();
            children.ForEach(child => found[child.Id] = child.ProcessName);
            generation = [.. children.Select(child => child.Id)];
        }

        return found;
    }

    public static bool IsAlive(int process) => ParentOf(process) >= 0;

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await Process.StopAsync(TimeSpan.FromSeconds(60));
        if (_ownsData)
            TemporaryDirectory.Delete(Data);
    }

    // Field 4 of the stat file, behind the name in parentheses; -1 for a process that has gone, and for one that only waits for its parent to notice.
    private static int ParentOf(int process)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process}/stat") is var stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : [];
            return fields[0] == "Z" ? -1 : int.Parse(fields[1]);
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
