using System.Collections.Concurrent;
using System.Diagnostics;

namespace SmartCity.NativeServers;

/// <summary>A server of our own: private directory, private port, child of this process. It can be killed and started again on the same data.</summary>
public abstract class NativeServer : IAsyncDisposable
{
    // Generous, because a busy build machine starts an Erlang node in a minute rather than in four seconds.
    private static readonly TimeSpan s_startPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _lastLines = new();
    private ChildProcess? _process;

    /// <summary>A server that keeps everything in <paramref name="directory"/>.</summary>
    protected NativeServer(string directory, int port, string preferredUser)
    {
        DataDirectory = Path.GetFullPath(directory);
        Port = port;
        User = ServerUser.Drop(preferredUser);
    }

    /// <summary>Where it keeps its data and configuration.</summary>
    public string DataDirectory { get; }

    /// <summary>Its port on 127.0.0.1; it may be changed while the server is stopped.</summary>
    public int Port { get; set; }

    /// <summary>Gets every line the server writes to its log.</summary>
    public Action<string>? Log { get; set; }

    /// <summary>The process, once started.</summary>
    public ChildProcess? Process => _process;

    /// <summary>The user to drop to, when we are root.</summary>
    protected ServerUser? User { get; }

    /// <summary>Starts the server and returns once it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        ServerUser.MakeDirectory(DataDirectory, User);
        await PrepareAsync(cancellationToken);

        var clock = Stopwatch.StartNew();
        while (true)
        {
            _process = await RunAsync(Command());
            while (!_process.Exited.IsCompleted)
            {
                if (await AnswersAsync(cancellationToken))
                    return;
                if (clock.Elapsed > s_startPatience)
                {
                    await _process.KillAsync();
                    break;
                }

                await Task.WhenAny(_process.Exited, Task.Delay(50, cancellationToken));
                if (cancellationToken.IsCancellationRequested)
                {
                    await _process.KillAsync();
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            // What a killed predecessor left behind (its last processes, its lock) goes within moments.
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException($"{GetType().Name} in {DataDirectory} does not start. Its last words:\n{string.Join('\n', _lastLines)}");
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>Stops the server cleanly; its data stay.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_process is not null)
            await _process.StopAsync(s_stopPatience, cancellationToken);
        await EndAsync();
    }

    /// <summary>Kills the server with SIGKILL; <see cref="StartAsync"/> brings it back on the same data and port.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
            await _process.KillAsync();
        await EndAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the server answers its protocol.</summary>
    public abstract Task<bool> AnswersAsync(CancellationToken cancellationToken);

    /// <summary>Writes what the server needs before it starts.</summary>
    protected abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Ends what ran beside the server.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>The command that runs the server in the foreground.</summary>
    protected abstract ChildCommand Command();

    /// <summary>Runs a command as the server's user and records what it says.</summary>
    protected Task<ChildProcess> RunAsync(ChildCommand command) => ChildProcess.StartAsync(command, line =>
    {
        _lastLines.Enqueue(line);
        while (_lastLines.Count > 30)
            _lastLines.TryDequeue(out _);
        Log?.Invoke(line);
    });
}
