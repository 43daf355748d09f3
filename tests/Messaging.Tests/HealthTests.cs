using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using SmartCity.Messaging.Tests.Sample;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests;

/// <summary>Nothing fails in silence, and nothing that fails makes the service unready.</summary>
public sealed class HealthTests(CityServers servers)
{
    [Fact]
    public async Task A_message_that_fails_for_good_shows_in_health_and_metrics_under_its_queue()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var attempts = 0;
        var host = await city.StartConsumingAsync(new Disturbance(_ =>
        {
            Interlocked.Increment(ref attempts);
            throw new InvalidOperationException("a fault of the consumer's own");
        }));

        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));

        var queue = $"{city.Prefix}sample-service-record-case_error";
        await Eventually.Async(async () => (await host.HealthAsync("messages")).Description == $"1 in {queue}");
        (await host.HealthAsync("messages")).Status.ShouldBe(HealthStatus.Degraded);
        attempts.ShouldBe(4);
        Measured("smartcity.queue.failed").ShouldContain((1, queue));
        Measured("smartcity.queue.waiting").ShouldContain((0, $"{city.Prefix}sample-service-record-case"));
    }

    [Fact]
    public async Task A_message_that_the_consumer_does_not_understand_shows_in_health_as_skipped()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();

        var queue = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{city.Prefix}sample-service-record-case"));
        await queue.Send(new Rumour("not a case"));

        await Eventually.Async(async () => (await host.HealthAsync("messages")).Description == $"1 in {city.Prefix}sample-service-record-case_skipped");
    }

    [Fact]
    public async Task A_standing_outbox_shows_in_health_and_metrics()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        // The shards are held, as by a relay that hangs.
        await using var holder = await city.Database.Source.OpenConnectionAsync();
        await using var hold = await holder.BeginTransactionAsync();
        await using (var lockAll = holder.CreateCommand())
        {
            lockAll.CommandText = "SELECT shard FROM messaging.outbox_shard FOR UPDATE";
            await lockAll.ExecuteNonQueryAsync();
        }

        var host = await city.StartAsync(consumes: false);
        await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1)), new OutgoingEvent(new CaseNoted("berta", 1)));
        await Eventually.Async(() => Measured("smartcity.outbox.length").Any(m => m.Value == 2));
        (await host.HealthAsync("messages")).Status.ShouldBe(HealthStatus.Healthy);

        await city.Database.ExecuteAsync("UPDATE messaging.outbox SET created_at = now() - interval '2 minutes'");
        const string Standing = "2 in the outbox, the oldest for 00:02";
        await Eventually.Async(
            async () => (await host.HealthAsync("messages")).Description?.StartsWith(Standing, StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Published_events_and_duplicates_are_counted()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartConsumingAsync();
        var counted = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == MessagingTelemetry.Name && instrument is Counter<long>) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (counted)
                foreach (var (_, tag) in tags) counted[$"{instrument.Name} {tag}"] = counted.GetValueOrDefault($"{instrument.Name} {tag}") + value;
        });
        listener.Start();

        await SampleCity.CommitAsync(host, new OutgoingEvent(new VisitNoted("market")));
        var id = Guid.CreateVersion7();
        for (var i = 0; i < 3; i++) await host.Services.GetRequiredService<IBus>().Publish(new CaseNoted("anna", 1), context => context.MessageId = id);

        var duplicates = $"smartcity.inbox.duplicates {city.Prefix}sample-service-record-case";
        await Eventually.Async(() =>
        {
            lock (counted) return counted.GetValueOrDefault(duplicates) == 2 && counted.ContainsKey("smartcity.outbox.published VisitNoted");
        });
    }

    [Fact]
    public async Task MassTransit_reports_nothing_to_its_maker()
    {
        var host = SampleCity.Build("Host=nowhere", await servers.BrokerSettingsAsync());

        host.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled.ShouldBeFalse();
    }

    [Fact]
    public async Task Readiness_is_the_databases_alone()
    {
        await using var city = await SampleCity.CreateAsync(servers);
        var host = await city.StartAsync();

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"));

        report.Entries.Keys.ShouldBe(["database"]);
        report.Status.ShouldBe(HealthStatus.Healthy);
    }

    private static List<(double Value, string? Tag)> Measured(string name)
    {
        var seen = new List<(double, string?)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == MessagingTelemetry.Name && instrument.Name == name) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => seen.Add((value, tags.Length == 0 ? null : tags[0].Value?.ToString())));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
