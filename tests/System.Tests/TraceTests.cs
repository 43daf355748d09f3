using SmartCity.Testing;

namespace SmartCity.System.Tests;

/// <summary>Whoever looks into one request finds all that it set off, in every service, in one trace.</summary>
public sealed class TraceTests(RunningCity city)
{
    private const string Web = "Microsoft.AspNetCore";
    private const string Grpc = "Grpc.Net.Client";
    private const string Broker = "MassTransit";
    private const string Database = "Npgsql";

    [Fact]
    public async Task The_trace_of_a_lab_result_goes_through_the_broker_to_the_service_that_looks_for_contacts()
    {
        using var neighbours = await Neighbours.MeetAsync(city.Open());

        await neighbours.ReportAsync();

        await OneTraceHoldsAsync("health-code", "POST /health-code/v1/lab-results",
            ("gateway", Web), ("health-code", Web), ("health-code", Database), ("place-registration", Broker), ("place-registration", Database));
    }

    [Fact]
    public async Task The_trace_of_a_check_in_goes_by_gRPC_to_the_service_that_knows_the_code()
    {
        using var neighbours = await Neighbours.MeetAsync(city.Open());

        await OneTraceHoldsAsync("place-registration", "POST /place-registration/v1/check-ins",
            ("gateway", Web), ("place-registration", Web), ("place-registration", Grpc), ("health-code", Web), ("health-code", Database), ("place-registration", Database));
    }

    private async Task OneTraceHoldsAsync(string service, string request, params (string Service, string Source)[] expected)
    {
        var missing = expected;
        try
        {
            await Eventually.Async(() =>
            {
                missing = city.Spans.TracesOf(service, request)
                    .Select(trace => expected.Except(trace.Select(span => (span.Service, span.Source))).ToArray())
                    .MinBy(missing => missing.Length) ?? expected;
                return missing.Length == 0;
            });
        }
        catch (TimeoutException)
        {
            missing.ShouldBeEmpty($"what the fullest trace of {request} lacks");
        }
    }
}
