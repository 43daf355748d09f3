using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Messaging.Tests.Sample;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests;

/// <summary>At least once, in any order: what consumers must bear, and do.</summary>
public sealed class DeliveryTests(CityServers servers)
{
    [Fact]
    public async Task An_event_committed_with_its_state_reaches_the_consumer_and_leaves_the_outbox()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();

        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));

        await Eventually.Async(async () => await city.HeardAsync() == 1);
        await Eventually.Async(async () => await city.WaitingAsync() == 0);
    }

    [Fact]
    public async Task A_rolled_back_event_is_never_sent()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        var host = await city.StartAsync(consumes: false);

        await using (var connection = await city.Database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Outbox.AppendAsync(connection, transaction, [new(new CaseNoted("anna", 1), "anna")], CancellationToken.None);
            await transaction.RollbackAsync();
        }

        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 2), "anna"));
        await Eventually.Async(() => !tap.Messages.IsEmpty);
        tap.Messages.ShouldHaveSingleItem().Case.Number.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_delivered_twice_has_one_effect()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();
        var bus = host.Services.GetRequiredService<IBus>();
        var (first, last) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        for (var i = 0; i < 3; i++) await bus.Publish(new CaseNoted("anna", 1), context => context.MessageId = first);
        for (var i = 0; i < 3; i++) await bus.Publish(new VisitNoted("market"), context => context.MessageId = first);
        // A queue is read in order, so that these come after all duplicates.
        await bus.Publish(new CaseNoted("berta", 1), context => context.MessageId = last);
        await bus.Publish(new VisitNoted("station"), context => context.MessageId = last);

        await Eventually.Async(async () => await city.Database.ScalarAsync<long>(
            "SELECT count(*) FROM messaging.inbox") == 4);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM heard_cases WHERE patient = 'anna'")).ShouldBe(1);
        (await city.Database.ScalarAsync<int>("SELECT newest FROM patient_files WHERE patient = 'market'")).ShouldBe(1);
    }

    [Fact]
    public async Task Two_deliveries_at_the_same_moment_have_one_effect_and_no_error()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        // Both have looked into the inbox and found nothing before either commits.
        using var both = new Barrier(2);
        var meetings = 0;
        var meet = new Disturbance(async _ =>
        {
            if (Interlocked.Increment(ref meetings) <= 2) await Task.Run(() => both.SignalAndWait(TimeSpan.FromSeconds(20)));
        });
        var host = await city.StartConsumingAsync(meet);
        var bus = host.Services.GetRequiredService<IBus>();
        var id = Guid.CreateVersion7();

        await Task.WhenAll(
            bus.Publish(new CaseNoted("anna", 1), context => context.MessageId = id),
            bus.Publish(new CaseNoted("anna", 1), context => context.MessageId = id));

        await Eventually.Async(async () => await city.HeardAsync() == 1);
        await Eventually.Async(() => Volatile.Read(ref meetings) == 2);
        await Eventually.Async(() => TestLog.Instance.Lines.Any(line => line.Text.Contains(id.ToString()) && line.Text.Contains("R-RETRY")));
        (await city.HeardAsync()).ShouldBe(1);
        (await host.HealthAsync("messages")).Description.ShouldBeNull();
    }

    [Fact]
    public async Task Events_that_arrive_in_the_wrong_order_end_in_the_same_state()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();
        var bus = host.Services.GetRequiredService<IBus>();

        foreach (var number in new[] { 3, 1, 2 })
        {
            await bus.Publish(new CaseNoted("anna", number));
            await Eventually.Async(async () => await city.Database.ScalarAsync<long>($"SELECT count(*) FROM heard_cases WHERE number = {number}") == 1);
        }

        (await city.Database.ScalarAsync<int>("SELECT newest FROM patient_files WHERE patient = 'anna'")).ShouldBe(3);
    }

    [Fact]
    public async Task An_event_sent_while_the_consumer_was_away_arrives_late()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var consumer = await city.StartConsumingAsync();
        await consumer.StopAsync();

        var sender = await city.StartAsync(consumes: false);
        await SampleCity.CommitAsync(sender, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));
        await Eventually.Async(async () => await city.WaitingAsync() == 0);
        (await city.HeardAsync()).ShouldBe(0);

        await city.StartAsync();
        await Eventually.Async(async () => await city.HeardAsync() == 1);
    }

    [Fact]
    public async Task A_consumer_on_plain_Npgsql_commits_inbox_effect_and_its_own_event_together()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<Rumour>(city.Broker);
        var host = await city.StartConsumingAsync();

        await SampleCity.CommitAsync(host, new OutgoingEvent(new VisitNoted("market")));

        await Eventually.Async(() => !tap.Messages.IsEmpty);
        tap.Messages.ShouldHaveSingleItem().Body.GetProperty("text").GetString().ShouldBe("seen at market");
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox")).ShouldBe(1);
    }

    [Fact]
    public async Task Enums_travel_by_name()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        var host = await city.StartAsync(consumes: false);

        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1, Severity.Severe)));

        await Eventually.Async(() => !tap.Messages.IsEmpty);
        tap.Messages.ShouldHaveSingleItem().Body.GetProperty("severity").GetString().ShouldBe("Severe");
    }
}
