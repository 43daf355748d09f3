using System.Net.Sockets;

namespace SmartCity.NativeServers;

/// <summary>A private RabbitMQ node: AMQP on 127.0.0.1 only, its own epmd, nothing shared with a node that the machine may run.</summary>
public sealed class RabbitServer(string directory, int port, string userName, string password) : NativeServer(directory, port, "rabbitmq")
{
    private readonly string _program = FindProgram();
    private readonly int _epmdPort = Ports.Free();
    private ChildProcess? _epmd;

    /// <summary>The AMQP address with credentials.</summary>
    public string ConnectionString => $"amqp://{Uri.EscapeDataString(userName)}:{Uri.EscapeDataString(password)}@127.0.0.1:{Port}";

    /// <inheritdoc />
    public override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, patience.Token);
            var stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), patience.Token);
            var frameType = new byte[1];
            await stream.ReadExactlyAsync(frameType, patience.Token);
            return frameType[0] == 1; // a method frame: connection.start
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <inheritdoc />
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var part in new[] { "data", "log", "home", "conf" })
            ServerUser.MakeDirectory(In(part), User);

        await WriteAsync("rabbitmq.conf", $"""
            listeners.tcp.local = 127.0.0.1:{Port}
            default_user = {userName}
            default_pass = {password}
            log.console = true
            log.console.level = info
            log.file = false
            log.connection.level = error
            disk_free_limit.absolute = 50MB
            vm_memory_high_watermark.absolute = 1GB
            cluster_formation.target_cluster_size_hint = 1

            """, cancellationToken);
        await WriteAsync("enabled_plugins", "[].\n", cancellationToken);
        await WriteAsync("env.conf", "", cancellationToken);

        if (_epmd is null or { Exited.IsCompleted: true })
            await StartEpmdAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override Task EndAsync() => _epmd?.KillAsync() ?? Task.CompletedTask;

    /// <inheritdoc />
    protected override ChildCommand Command()
    {
        return new(_program, [], new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
            ["HOME"] = In("home"),
            ["RUNNING_UNDER_SYSTEMD"] = "true", // the start script then becomes the Erlang node instead of waiting for it
            ["RABBITMQ_NODENAME"] = "smartcity@localhost", // names the data, so it must not change with the port
            ["RABBITMQ_CONF_ENV_FILE"] = In("env.conf"),
            ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("enabled_plugins"),
            ["RABBITMQ_FEATURE_FLAGS_FILE"] = In("feature_flags"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = In("conf"),
            ["RABBITMQ_MNESIA_BASE"] = In("data"),
            ["RABBITMQ_LOG_BASE"] = In("log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = In("pid"),
            ["RABBITMQ_NODE_PORT"] = $"{Port}",
            ["RABBITMQ_DIST_PORT"] = $"{Ports.Free()}",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            // Also for the helper node by which RabbitMQ would start an epmd. Busy-waiting schedulers would burn what the services need.
            ["ERL_AFLAGS"] = "-start_epmd false +sbwt none +sbwtdcpu none +sbwtdio none",
            ["ERL_EPMD_PORT"] = $"{_epmdPort}",
        }, DataDirectory, StopSignal.Terminate, User);
    }

    // RabbitMQ insists on asking Erlang's name server whether its name is taken. The machine's own would be shared with strangers,
    // and one that the node starts itself would stay behind as a daemon.
    private async Task StartEpmdAsync(CancellationToken cancellationToken)
    {
        _epmd = Run(new(
            "epmd", ["-port", $"{_epmdPort}", "-address", "127.0.0.1"], new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            DataDirectory, StopSignal.Terminate, User));
        while (!_epmd.Exited.IsCompleted && Ports.IsFree(_epmdPort))
            await Task.Delay(20, cancellationToken);
    }

    private string In(string name) => Path.Combine(DataDirectory, name);

    private async Task WriteAsync(string name, string text, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(In(name), text, cancellationToken);
        File.SetUnixFileMode(In(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static string FindProgram() =>
        Directory.Exists("/usr/lib/rabbitmq/lib")
        && Directory.GetFiles("/usr/lib/rabbitmq/lib", "rabbitmq-server", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .Order(StringComparer.Ordinal).LastOrDefault() is { } newest
            ? newest
            : throw new InvalidOperationException("RabbitMQ is not installed: apt install rabbitmq-server (3.10 or later).");
}
