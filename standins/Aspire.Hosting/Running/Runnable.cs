using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using SmartCity.Dashboard;
using SmartCity.NativeServers;

namespace Aspire.Hosting.Running;

/// <summary>What can be started, watched and stopped: a program or a native server.</summary>
internal interface IRunnable
{
    /// <summary>The process of the present run.</summary>
    ChildProcess? Process { get; }

    /// <summary>What we set in its environment.</summary>
    IReadOnlyList<ResourceVariable> Environment { get; }

    Task StartAsync(CancellationToken cancellationToken);

    Task<bool> IsHealthyAsync(CancellationToken cancellationToken);

    Task StopAsync();
}

internal sealed class ServerProcess(ContainerResource resource, DataDirectory data, Action<string> log) : IRunnable
{
    private NativeServer? _server;

    public ChildProcess? Process => _server?.Process;

    // A native server is set up by its files.
    public IReadOnlyList<ResourceVariable> Environment => [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_server is null)
        {
            _server = await resource.CreateServerAsync(data.Server(resource.Name), resource.Endpoints[0].Ports[0], cancellationToken);
            _server.Log = log;
        }

        await _server.StartAsync(cancellationToken);
        await resource.PrepareAsync(_server, cancellationToken);
    }

    public Task<bool> IsHealthyAsync(CancellationToken cancellationToken) => _server!.AnswersAsync(cancellationToken);

    public Task StopAsync() => _server?.StopAsync() ?? Task.CompletedTask;
}

internal sealed class ProgramProcess(Resource resource, int replica, string instance, ProgramEnvironment environment, Action<string> log) : IRunnable
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(5) };

    // The host that runs us; it needs neither PATH nor DOTNET_ROOT.
    private static readonly string s_dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    public ChildProcess? Process { get; private set; }

    public IReadOnlyList<ResourceVariable> Environment { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (program, first, directory) = resource is ExecutableResource executable ? (executable.Command, [], executable.WorkingDirectory) : Project((ProjectResource)resource);
        var arguments = await Task.WhenAll(resource.Arguments.Select(argument => ProgramEnvironment.TextAsync(argument, cancellationToken)));
        Environment = await environment.OfAsync(resource, replica, instance, cancellationToken);
        Process = await ChildProcess.StartAsync(new(program, [.. first, .. arguments], ProgramEnvironment.WithInherited(Environment), directory, StopSignal.Terminate), log);
    }

    private static (string Program, string[] First, string Directory) Project(ProjectResource project)
    {
        var directory = Path.GetDirectoryName(project.ProjectPath)!;

        // Our own build has built the project, in the same configuration and for the same framework: .../bin/Debug/net10.0/
        var output = Path.Combine(directory, "bin", Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "../.."), AppContext.BaseDirectory));
        var program = Path.Combine(output, Path.GetFileNameWithoutExtension(project.ProjectPath) + ".dll");
        return File.Exists(program) ? (s_dotnet, [program], directory) : throw new DistributedApplicationException($"'{program}' is not built.");
    }

    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        if (resource.HealthCheck is not { } check)
            return true;
        var endpoint = resource.Endpoints.Find(endpoint => check.Endpoint is null || endpoint.Name == check.Endpoint)
            ?? throw new DistributedApplicationException($"'{resource.Name}' has a health check but no endpoint for it.");
        try
        {
            using var answer = await s_http.GetAsync(new Uri($"http://127.0.0.1:{endpoint.Ports[replica]}{check.Path}"), cancellationToken);
            return (int)answer.StatusCode == check.Status;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    public Task StopAsync() => Process?.StopAsync(TimeSpan.FromSeconds(20)) ?? Task.CompletedTask;
}
