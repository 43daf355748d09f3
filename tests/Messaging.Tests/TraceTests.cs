using System.Diagnostics;
using SmartCity.Messaging.Tests.Sample;
using SmartCity.Testing;

namespace SmartCity.Messaging.Tests;

public sealed class TraceTests(CityServers servers)
{
    [Fact]
    public async Task The_trace_in_which_an_event_was_written_goes_on_through_relay_and_broker_to_the_consumer()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MessagingTelemetry.Name or "MassTransit" or nameof(TraceTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(TraceTests));
        await using var city = await SampleCity.CreateAsync(servers);
        await using var tap = await BrokerTap.OnAsync<CaseNoted>(city.Broker);
        var host = await city.StartConsumingAsync();

        string trace;
        using (var request = source.StartActivity("request")!)
        {
            trace = request.TraceId.ToString();
            await SampleCity.CommitAsync(host, new OutgoingEvent(new CaseNoted("anna", 1), "anna"));
        }

        await Eventually.Async(async () => await city.HeardAsync() == 1);
        (await city.Database.ScalarAsync<string>("SELECT trace_id FROM heard_cases")).ShouldBe(trace);
        tap.Messages.ShouldHaveSingleItem().Headers["MT-Activity-Id"].ShouldStartWith($"00-{trace}-");
    }
}
