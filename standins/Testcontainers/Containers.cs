using SmartCity.NativeServers;

namespace DotNet.Testcontainers.Containers;

public interface IContainer : IAsyncDisposable
{
    string Hostname { get; }

    ushort GetMappedPublicPort(int containerPort);

    Task StartAsync(CancellationToken ct = default);

    /// <summary>Stops the server; <see cref="StartAsync"/> brings it back on the same data, and here on the same port.</summary>
    Task StopAsync(CancellationToken ct = default);

    Task PauseAsync(CancellationToken ct = default);

    Task UnpauseAsync(CancellationToken ct = default);
}

public interface IDatabaseContainer : IContainer
{
    string GetConnectionString();
}

/// <summary>A native server where the real package runs a container.</summary>
public abstract class DockerContainer : IContainer
{
    private readonly NativeServer _server;
    private readonly bool _stopsByKill;

    protected DockerContainer(NativeServer server, bool stopsByKill)
    {
        _server = server;
        _stopsByKill = stopsByKill;
    }

    public string Hostname => "127.0.0.1";

    public ushort GetMappedPublicPort(int containerPort) => (ushort)_server.Port;

    public virtual Task StartAsync(CancellationToken ct = default) => _server.StartAsync(ct);

    public Task StopAsync(CancellationToken ct = default) => _stopsByKill ? _server.KillAsync() : _server.StopAsync(ct);

    public Task PauseAsync(CancellationToken ct = default)
    {
        _server.Process?.Pause();
        return Task.CompletedTask;
    }

    public Task UnpauseAsync(CancellationToken ct = default)
    {
        _server.Process?.Resume();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody wants the data any more, so nothing is gained by an orderly end.
        await _server.KillAsync();
        TemporaryDirectory.Delete(_server.DataDirectory);
        GC.SuppressFinalize(this);
    }
}
