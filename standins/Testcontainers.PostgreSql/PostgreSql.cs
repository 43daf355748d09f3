using DotNet.Testcontainers;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using SmartCity.NativeServers;

namespace Testcontainers.PostgreSql;

public sealed class PostgreSqlBuilder : ContainerBuilder<PostgreSqlBuilder, PostgreSqlContainer>
{
    public const ushort PostgreSqlPort = 5432;

    private string _database = "postgres", _username = "postgres", _password = "postgres";

    public PostgreSqlBuilder WithDatabase(string database)
    {
        _database = database;
        return this;
    }

    public PostgreSqlBuilder WithUsername(string username)
    {
        _username = username;
        return this;
    }

    public PostgreSqlBuilder WithPassword(string password)
    {
        _password = password;
        return this;
    }

    public override PostgreSqlContainer Build()
    {
        var server = new PostgresServer(TemporaryDirectory.New("postgres"), HostPort, _username, _password) { Arguments = Command };
        return new(server, _database, StopsByKill);
    }
}

public sealed class PostgreSqlContainer : DockerContainer, IDatabaseContainer
{
    private readonly PostgresServer _server;
    private readonly string _database;

    internal PostgreSqlContainer(PostgresServer server, string database, bool stopsByKill)
        : base(server, stopsByKill)
    {
        _server = server;
        _database = database;
    }

    public string GetConnectionString() => _server.ConnectionString(_database);

    public override async Task StartAsync(CancellationToken ct = default)
    {
        await base.StartAsync(ct);
        await _server.CreateDatabaseAsync(_database, ct);
    }
}
