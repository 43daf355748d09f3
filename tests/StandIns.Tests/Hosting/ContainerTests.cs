using System.Text;
using DotNet.Testcontainers;
using DotNet.Testcontainers.Containers;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using SmartCity.NativeServers;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace SmartCity.StandIns.Tests.Hosting;

public sealed class ContainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_postgres_has_committed_survives_its_sigkill()
    {
        await using var postgres = new PostgreSqlBuilder()
            .WithImage("postgres:17").WithDatabase("town").WithUsername("city").WithPassword("se cret;'")
            .WithCreateParameterModifier(parameters => parameters.StopSignal = "SIGKILL")
            .Build();
        await postgres.StartAsync(Token);
        await ExecuteAsync(postgres, "CREATE TABLE visit AS SELECT generate_series(1, 1000) AS id");

        await postgres.StopAsync(Token);
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(postgres, "SELECT 1"));
        await postgres.StartAsync(Token);

        (await ExecuteAsync(postgres, "SELECT count(*) FROM visit")).ShouldBe(1000L);
        (await ExecuteAsync(postgres, "SHOW fsync")).ShouldBe("on");
    }

    [Fact]
    public async Task Postgres_refuses_a_wrong_password()
    {
        await using var postgres = new PostgreSqlBuilder().WithPassword("right").Build();
        await postgres.StartAsync(Token);

        await using var connection = new NpgsqlConnection(postgres.GetConnectionString().Replace("right", "wrong"));
        var refusal = await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync(Token));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task Two_brokers_run_side_by_side_and_know_nothing_of_each_other()
    {
        await using var first = new RabbitMqBuilder().WithImage("rabbitmq:4").WithUsername("city").WithPassword("secret").Build();
        await using var second = new RabbitMqBuilder().WithImage("rabbitmq:4").WithUsername("city").WithPassword("secret").Build();
        await Task.WhenAll(first.StartAsync(Token), second.StartAsync(Token));

        await PublishAsync(first.GetConnectionString(), "news", "one");

        (await TakeAsync(first.GetConnectionString(), "news")).ShouldBe("one");
        await Should.ThrowAsync<OperationInterruptedException>(() => TakeAsync(second.GetConnectionString(), "news"));
    }

    [Fact]
    public async Task A_confirmed_message_survives_the_sigkill_of_the_broker()
    {
        await using var broker = new RabbitServer(TemporaryDirectory.New("rabbitmq"), Ports.Free(), "city", "secret");
        await broker.StartAsync(Token);
        await PublishAsync(broker.ConnectionString, "news", "one");
        await QueueIsRegisteredAsync(broker, "news");

        await broker.KillAsync();
        await broker.StartAsync(Token);

        (await TakeAsync(broker.ConnectionString, "news")).ShouldBe("one");
        TemporaryDirectory.Delete(broker.DataDirectory);
    }

    // RabbitMQ 3.10 writes the name of a new quorum queue to the disk only half a second after it was declared; a broker that is
    // killed before that has a queue without a leader.
    private static async Task QueueIsRegisteredAsync(RabbitServer broker, string queue)
    {
        var names = Directory.GetFiles(broker.DataDirectory, "names.dets", SearchOption.AllDirectories).Single(file => file.Contains("/quorum/"));
        while (!Encoding.Latin1.GetString(await ReadSharedAsync(names)).Contains($"%2F_{queue}"))
            await Task.Delay(50, Token);
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new MemoryStream();
        await file.CopyToAsync(content, Token);
        return content.ToArray();
    }

    private static async Task PublishAsync(string broker, string queue, string text)
    {
        await using var connection = await new ConnectionFactory { Uri = new(broker) }.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Token);
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: Token);
        await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes(text), Token);
    }

    private static async Task<string> TakeAsync(string broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = new(broker) }.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        while (true)
        {
            if (await channel.BasicGetAsync(queue, autoAck: true, Token) is { } message)
                return Encoding.UTF8.GetString(message.Body.Span);
            await Task.Delay(50, Token);
        }
    }

    private static async Task<object?> ExecuteAsync(IDatabaseContainer database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.GetConnectionString() + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
