using Microsoft.Extensions.Logging;
using Npgsql;
using SmartCity.Messaging.Tests.Sample;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests;

/// <summary>What the relay promises to those who write to the outbox.</summary>
public sealed class RelayTests(CityServers servers)
{
    [Fact]
    public async Task Three_relays_share_the_work_and_keep_the_order_of_every_key()
    {
        const int Patients = 40, PerPatient = 150;
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        for (var replica = 0; replica < 3; replica++) await city.StartAsync(consumes: false);

        // Four writers, each with patients of its own: the commits of one patient follow one another.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            await using var connection = await city.Database.Source.OpenConnectionAsync();
            for (var number = 1; number <= PerPatient; number += 3)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                var events = Enumerable.Range(number, 3).SelectMany(n => Enumerable.Range(0, Patients).Where(p => p % 4 == writer)
                    .Select(p => new OutgoingEvent(new CaseNoted($"patient {p}", n), $"patient {p}")));
                await Outbox.AppendAsync(connection, transaction, [.. events], CancellationToken.None);
                await transaction.CommitAsync();
            }
        }));

        await Eventually.Async(() => tap.Messages.Count >= Patients * PerPatient, TimeSpan.FromSeconds(60));
        await Eventually.Async(async () => await city.WaitingAsync() == 0);
        var sent = tap.Messages.Select(message => message.Case).ToLookup(c => c.Patient, c => c.Number);
        sent.Count.ShouldBe(Patients);
        foreach (var numbers in sent) numbers.ShouldBe(Enumerable.Range(1, PerPatient), $"{numbers.Key} out of order");
    }

    [Fact]
    public async Task Shards_that_one_relay_holds_are_left_alone_by_the_others()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await AppendAsync(city, [.. Enumerable.Range(0, 400).Select(n => new OutgoingEvent(new CaseNoted("crowd", n), n))]);

        await using var first = await OutboxBatch.TakeAsync(city.Database.Source, CancellationToken.None);
        await using var second = await OutboxBatch.TakeAsync(city.Database.Source, CancellationToken.None);

        first.Rows.ShouldNotBeEmpty();
        second.Rows.ShouldNotBeEmpty();
        first.Rows.Select(row => row.Shard).Intersect(second.Rows.Select(row => row.Shard)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_relay_does_not_read_again_what_another_deleted_while_it_waited()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await AppendAsync(city, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));

        await using (var first = await OutboxBatch.TakeAsync(city.Database.Source, CancellationToken.None))
        {
            first.Confirmed(first.Rows.ShouldHaveSingleItem());
            await using (var meanwhile = await OutboxBatch.TakeAsync(city.Database.Source, CancellationToken.None))
                meanwhile.Rows.ShouldBeEmpty("the shard is locked");
            await first.CommitAsync(CancellationToken.None);
        }

        await using var second = await OutboxBatch.TakeAsync(city.Database.Source, CancellationToken.None);
        second.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_killed_between_commit_and_send_leaves_its_events_to_another_replica()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        // Holding every shard keeps the relay of the first replica from sending before its end.
        await using (var holder = await city.Database.Source.OpenConnectionAsync())
        await using (var hold = await holder.BeginTransactionAsync())
        {
            await using (var lockAll = new NpgsqlCommand("SELECT shard FROM messaging.outbox_shard FOR UPDATE", holder, hold))
                await lockAll.ExecuteNonQueryAsync();
            var killed = SampleCity.Build(city.Database.ConnectionString, city.Broker, consumes: false);
            await killed.StartAsync();
            await SampleCity.CommitAsync(killed, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));
            await killed.StopAsync(new CancellationToken(canceled: true));
            killed.Dispose();
        }

        tap.Messages.ShouldBeEmpty();
        (await city.WaitingAsync()).ShouldBe(1);

        await city.StartAsync(consumes: false);
        await Eventually.Async(() => !tap.Messages.IsEmpty);
        tap.Messages.ShouldHaveSingleItem().Case.ShouldBe(new CaseNoted("anna", 1));
    }

    [Fact]
    public async Task A_relay_killed_between_send_and_delete_sends_again_and_the_effect_stays_single()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        // The first relay that comes to delete dies there, as by SIGKILL: its backend is gone and its transaction with it.
        await city.Database.ExecuteAsync("""
            CREATE SEQUENCE deletions;
            CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('deletions') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER die_once BEFORE DELETE ON messaging.outbox FOR EACH STATEMENT EXECUTE FUNCTION die_once();
            """);
        var host = await city.StartConsumingAsync();

        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));

        await Eventually.Async(() => tap.Messages.Count == 2);
        await Eventually.Async(async () => await city.WaitingAsync() == 0);
        tap.Messages.Select(message => message.MessageId).Distinct().ShouldHaveSingleItem();
        // The consumer's queue is read in order: what is committed later is heard after the duplicate.
        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("berta", 1), "berta"));
        await Eventually.Async(async () => await city.Database.ScalarAsync<long>("SELECT count(*) FROM heard_cases WHERE patient = 'berta'") == 1);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM heard_cases WHERE patient = 'anna'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("Gone.From.This.Program, Nowhere", """{"patient":"anna"}""")]
    [InlineData("SmartCity.Messaging.Tests.Sample.CaseNoted, Messaging.Tests", """{"patient":"anna","number":"many"}""")]
    [InlineData("SmartCity.Messaging.Tests.Sample.CaseNoted, Messaging.Tests", "null")]
    public async Task A_row_that_is_no_event_goes_aside_and_does_not_hold_up_its_key(string type, string body)
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        var poison = new OutgoingEvent(new CaseNoted("anna", 1), "anna");
        await AppendAsync(city, poison, new OutgoingEvent(new CaseNoted("anna", 2), "anna"));
        await city.Database.ExecuteAsync($"UPDATE messaging.outbox SET type = '{type}', body = '{body}' WHERE message_id = '{poison.MessageId}'");

        var host = await city.StartAsync(consumes: false);

        await Eventually.Async(() => !tap.Messages.IsEmpty);
        tap.Messages.ShouldHaveSingleItem().Case.Number.ShouldBe(2);
        await Eventually.Async(async () => await city.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.outbox_dead") == 1);
        (await city.Database.ScalarAsync<string>("SELECT error FROM messaging.outbox_dead")).ShouldNotBeEmpty();
        TestLog.Instance.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Text.Contains(poison.MessageId.ToString()));
        await Eventually.Async(async () => (await host.HealthAsync("messages")).Description?.Contains("1 in messaging.outbox_dead") == true);
    }

    [Fact]
    public async Task A_sleeping_relay_is_woken_by_every_commit_that_it_would_miss()
    {
        const int Events = 400;
        await using var city = await SampleCity.CreateAsync(servers, ("Messaging:PollInterval", "00:05:00"));
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        await city.StartAsync(consumes: false);
        await city.StartAsync(consumes: false);

        // Commits fall at any moment of the relays' falling asleep, and lie some milliseconds behind the insert.
        await using (var connection = await city.Database.Source.OpenConnectionAsync())
            for (var n = 0; n < Events; n++)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await Outbox.AppendAsync(connection, transaction, [new(new CaseNoted("anna", n), n)], CancellationToken.None);
                await Task.Delay(Random.Shared.Next(10));
                await transaction.CommitAsync();
                if (n % 4 == 0) await Eventually.Async(() => tap.Messages.Count == n + 1, TimeSpan.FromSeconds(10));
                else await Task.Delay(Random.Shared.Next(40));
            }

        await Eventually.Async(() => tap.Messages.Count == Events, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Events_of_one_save_keep_the_order_in_which_they_were_published()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        var host = await city.StartAsync(consumes: false);

        await SampleCity.CommitAsync(host, [.. Enumerable.Range(1, 50).Select(n => new OutgoingEvent(new CaseNoted("anna", n), "anna"))]);

        await Eventually.Async(() => tap.Messages.Count == 50);
        tap.Messages.Select(message => message.Case.Number).ShouldBe(Enumerable.Range(1, 50));
    }

    private static async Task AppendAsync(SampleCity city, params OutgoingEvent[] events)
    {
        await using var connection = await city.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Outbox.AppendAsync(connection, transaction, events, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
