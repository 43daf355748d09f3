using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using SmartCity.Messaging.Tests.Sample;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests;

public sealed class DatabaseTests(CityServers servers)
{
    [Fact]
    public async Task Replicas_that_start_at_once_migrate_once()
    {
        await using var database = await TestDatabase.CreateEmptyAsync(servers);
        var broker = await servers.BrokerSettingsAsync();
        var log = new TestLog();
        var hosts = Enumerable.Range(0, 4).Select(_ => SampleCity.Build(database.ConnectionString, broker, consumes: false, log: log)).ToArray();

        await Task.WhenAll(hosts.Select(host => host.StartAsync()));

        log.Lines.Count(line => line.Text.StartsWith("Applied migrations", StringComparison.Ordinal)).ShouldBe(1);
        (await database.ScalarAsync<long>("SELECT count(*) FROM migrations_history")).ShouldBe(1);
        (await database.ScalarAsync<long>("SELECT count(*) FROM messaging.outbox_shard")).ShouldBe(16);
        await Task.WhenAll(hosts.Select(host => host.StopAsync()));
    }

    [Fact]
    public async Task Names_in_the_database_are_snake_case()
    {
        await using var database = await TestDatabase.CreateAsync<SampleDb>(servers);

        (await database.ScalarAsync<string[]>("""
            SELECT coalesce(array_agg(name::text), '{}') FROM (
                SELECT table_name FROM information_schema.tables WHERE table_schema IN ('public', 'messaging')
                UNION ALL SELECT column_name FROM information_schema.columns
                    WHERE table_schema IN ('public', 'messaging') AND table_name <> 'migrations_history'
                UNION ALL SELECT indexname FROM pg_indexes
                    WHERE schemaname IN ('public', 'messaging') AND tablename <> 'migrations_history'
                UNION ALL SELECT constraint_name FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY') AS names (name)
            WHERE name <> lower(name)
            """)).ShouldBeEmpty();
        (await database.ScalarAsync<string>("""
            SELECT string_agg(column_name, ' ' ORDER BY column_name) FROM information_schema.columns WHERE table_name = 'patient_files'
            """)).ShouldBe("home_address_house_number home_address_street_name newest patient");
    }

    [Theory]
    [InlineData("CitizenCode", "citizen_code")]
    [InlineData("HTTPStatus2Code", "http_status2_code")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("Id", "id")]
    public void A_hump_is_an_underscore(string name, string snake) => SnakeCaseNames.Snake(name).ShouldBe(snake);

    [Fact]
    public async Task The_inbox_forgets_after_a_week_and_not_before()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await city.Database.ExecuteAsync("""
            INSERT INTO messaging.inbox (message_id, consumer, received_at)
            SELECT gen_random_uuid(), 'old', now() - interval '7 days 1 hour' FROM generate_series(1, 2500)
            UNION ALL SELECT gen_random_uuid(), 'young', now() - interval '6 days 23 hours'
            """);

        await city.StartAsync(consumes: false);

        await Eventually.Async(async () => await city.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox WHERE consumer = 'old'") == 0);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox")).ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_enters_the_inbox_in_one_call_and_tells_the_first_from_the_seen()
    {
        await using var database = await TestDatabase.CreateAsync<SampleDb>(servers);
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Guid a = Guid.NewGuid(), b = Guid.NewGuid(), c = Guid.NewGuid();

        (await Inbox.EnterAsync(connection, transaction, a, "x", CancellationToken.None)).ShouldBeTrue();
        (await Inbox.EnterAsync(connection, transaction, a, "x", CancellationToken.None)).ShouldBeFalse();
        (await Inbox.EnterAsync(connection, transaction, a, "y", CancellationToken.None)).ShouldBeTrue("another consumer has its own memory");
        (await Inbox.EnterAsync(connection, transaction, [a, b, c, c], "x", CancellationToken.None)).ShouldBe([b, c], ignoreOrder: true);
    }

    [Fact]
    public async Task A_service_whose_context_lacks_the_tables_does_not_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:bare"] = await servers.PostgresAsync("postgres");
        builder.Configuration["ConnectionStrings:broker"] = "amqp://nobody@localhost";
        builder.AddDatabase<BareDb>("bare").AddMessaging<BareDb>(typeof(MessagingSql).Assembly);
        using var host = builder.Build();

        var refusal = await host.StartAsync().ShouldThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>();

        refusal.Message.ShouldBe("BareDb.OnModelCreating does not call AddMessaging().");
    }

    [Fact]
    public async Task A_missing_connection_string_is_named()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddDatabase<BareDb>("bare");
        using var host = builder.Build();

        (await host.StartAsync().ShouldThrowAsync<InvalidOperationException>()).Message.ShouldBe("The connection string \"bare\" is missing.");
    }

    private sealed class BareDb(DbContextOptions<BareDb> options) : DbContext(options);
}
