using Npgsql;
using RabbitMQ.Client;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace SmartCity.Testing;

/// <summary>
/// One PostgreSQL and one RabbitMQ, each started when first asked for. Shared by a test assembly with
/// <c>[assembly: AssemblyFixture(typeof(CityServers))]</c>; a test that kills servers makes its own.
/// </summary>
public sealed class CityServers : IAsyncDisposable
{
    private readonly PostgreSqlContainer postgres = new PostgreSqlBuilder()
        .WithImage("postgres:15")
        .WithCommand("-c", "max_connections=300")
        .WithCreateParameterModifier(parameters => parameters.StopSignal = "SIGKILL")
        .Build();

    private readonly RabbitMqContainer broker = new RabbitMqBuilder()
        .WithImage("rabbitmq:3.10")
        .WithCreateParameterModifier(parameters => parameters.StopSignal = "SIGKILL")
        .Build();

    private readonly Lazy<Task> postgresStarted;
    private readonly Lazy<Task> brokerStarted;

    /// <summary>Nothing runs yet.</summary>
    public CityServers() =>
        (postgresStarted, brokerStarted) = (new(() => postgres.StartAsync()), new(() => broker.StartAsync()));

    internal DatabaseTemplates Templates { get; } = new();

    /// <summary>The connection string of a database, which need not exist yet.</summary>
    public async Task<string> PostgresAsync(string database)
    {
        await postgresStarted.Value;
        return new NpgsqlConnectionStringBuilder(postgres.GetConnectionString()) { Database = database, MaxPoolSize = 30 }.ConnectionString;
    }

    /// <summary>The settings of a service's broker, with names that no other test uses: give every service of one test the same.</summary>
    public async Task<(string Key, string? Value)[]> BrokerSettingsAsync()
    {
        await brokerStarted.Value;
        return [("ConnectionStrings:broker", broker.GetConnectionString()), ("Messaging:Prefix", $"t{Guid.NewGuid().ToString("N")[..12]}-")];
    }

    /// <summary>SIGKILL to PostgreSQL.</summary>
    public async Task KillPostgresAsync()
    {
        await postgresStarted.Value;
        await postgres.StopAsync();
    }

    /// <summary>PostgreSQL comes back on its data and port.</summary>
    public Task RevivePostgresAsync() => postgres.StartAsync();

    /// <summary>SIGKILL to RabbitMQ.</summary>
    /// <param name="sparingYoungQueues">False to see what becomes of a service whose queue was declared a moment ago.</param>
    public async Task KillBrokerAsync(bool sparingYoungQueues = true)
    {
        await brokerStarted.Value;
        if (sparingYoungQueues) await MakeYoungestQueueAsync();
        await broker.StopAsync();
    }

    /// <summary>
    /// RabbitMQ 3.10, killed within seconds after a quorum queue was declared, never elects a leader for the youngest one again: nothing can be
    /// published to it or read from it. So the youngest is one that nobody needs.
    /// </summary>
    private async Task MakeYoungestQueueAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.GetConnectionString()) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync($"youngest-{Guid.NewGuid():N}", durable: true, exclusive: false, autoDelete: false, quorum);
    }

    /// <summary>RabbitMQ comes back on its data and port.</summary>
    public Task ReviveBrokerAsync() => broker.StartAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (postgresStarted.IsValueCreated) await postgres.DisposeAsync();
        if (brokerStarted.IsValueCreated) await broker.DisposeAsync();
    }
}
