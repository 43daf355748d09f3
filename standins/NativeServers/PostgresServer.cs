using Npgsql;

namespace SmartCity.NativeServers;

/// <summary>A private PostgreSQL: TCP on 127.0.0.1 only, password needed, fsync on.</summary>
public sealed class PostgresServer(string directory, int port, string userName, string password) : NativeServer(directory, port, "postgres")
{
    private static readonly Dictionary<string, string> s_environment = new() { ["PATH"] = "/usr/bin:/bin", ["LANG"] = "C.UTF-8", ["TZ"] = "UTC" };

    private readonly string _programs = FindPrograms();

    /// <summary>Further arguments for the server, such as <c>-c</c>, <c>max_connections=100</c>; they win over ours.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    private string Data => Path.Combine(DataDirectory, "data");

    /// <summary>The connection string for a database.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = userName,
        Password = password,
        Database = database,
    }.ConnectionString;

    /// <summary>Makes a database unless it is there.</summary>
    public async Task CreateDatabaseAsync(string database, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(Unpooled("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database.Replace("\"", "\"\"")}\"", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // A second start finds its data.
        }
    }

    /// <inheritdoc />
    public override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled("postgres"));
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(Data, "PG_VERSION")))
            await InitialiseAsync(cancellationToken);
        RemoveStaleLock();
    }

    /// <inheritdoc />
    protected override ChildCommand Command()
    {
        // Pages are in memory or on a solid disk: the default cost of a random one makes plans read whole tables.
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={Port}", "unix_socket_directories=",
            "max_connections=400", "shared_buffers=128MB", "jit=off", "random_page_cost=1.1", "timezone=UTC", "log_timezone=UTC",
        ];
        return new(
            Path.Combine(_programs, "postgres"), ["-D", Data, .. settings.SelectMany(setting => new[] { "-c", setting }), .. Arguments],
            s_environment, DataDirectory, StopSignal.Interrupt, User);
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        // Made under another name and moved when whole: an initdb that was interrupted is begun afresh.
        var unfinished = Data + ".new";
        var passwordFile = Path.Combine(DataDirectory, "password.new");
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        if (User is not null)
            File.SetUnixFileMode(passwordFile, UnixFileMode.OtherRead); // inside a directory that only the server's user can enter

        var initdb = await RunAsync(new(
            Path.Combine(_programs, "initdb"),
            ["-D", unfinished, "-U", userName, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"],
            s_environment, DataDirectory, StopSignal.Terminate, User));
        var exitCode = await initdb.Exited.WaitAsync(cancellationToken);
        File.Delete(passwordFile);
        if (exitCode != 0)
            throw new InvalidOperationException($"initdb failed with {exitCode} in {DataDirectory}.");
        Directory.Move(unfinished, Data);
    }

    private void RemoveStaleLock()
    {
        // PostgreSQL refuses to start when the lock's process id is alive, even if that id now belongs to a stranger.
        var file = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), out var holder))
            return;
        var command = $"/proc/{holder}/cmdline";
        if (!File.Exists(command) || !File.ReadAllText(command).Contains(Data, StringComparison.Ordinal))
            File.Delete(file);
    }

    private string Unpooled(string database) => ConnectionString(database) + ";Pooling=false;Timeout=5";

    private static string FindPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql")
            .Where(version => File.Exists(Path.Combine(version, "bin", "postgres")))
            .MaxBy(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0) is { } newest
            ? Path.Combine(newest, "bin")
            : throw new InvalidOperationException("PostgreSQL is not installed: apt install postgresql (15 or later).");
}
