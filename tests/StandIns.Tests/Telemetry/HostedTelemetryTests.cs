using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;

namespace StandIns.Tests.Telemetry;

public sealed partial class HostedTelemetryTests
{
    private const string Name = "StandIns.Tests.Telemetry";

    [Fact]
    public async Task A_span_a_metric_and_a_log_of_one_service_have_arrived_when_the_host_is_gone()
    {
        await using var collector = await Collector.StartAsync();
        using var source = new ActivitySource(Name);
        using var meter = new Meter(Name);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("health-code"))
            .WithTracing(tracing => tracing.AddSource(Name))
            .WithMetrics(metrics => metrics.AddMeter(Name))
            .WithLogging()
            .UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, collector.Address);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        ActivityTraceId trace;
        using (var activity = source.StartActivity("trace contacts"))
        {
            trace = activity.ShouldNotBeNull("the tracer listens from the start of the host").TraceId;
            meter.CreateCounter<int>("contacts.traced").Add(3);
            ContactsTraced(host.Services.GetRequiredService<ILogger<HostedTelemetryTests>>(), 3);
        }
        await host.StopAsync(TestContext.Current.CancellationToken);
        host.Dispose();

        var spans = collector.Traces.SelectMany(batch => batch.ResourceSpans).ShouldHaveSingleItem();
        ServiceName(spans.Resource).ShouldBe("health-code");
        var span = spans.ScopeSpans.SelectMany(scope => scope.Spans).ShouldHaveSingleItem();
        span.Name.ShouldBe("trace contacts");
        Convert.ToHexStringLower(span.TraceId.Span).ShouldBe(trace.ToHexString());

        var metric = collector.Metrics.SelectMany(batch => batch.ResourceMetrics).ShouldHaveSingleItem();
        ServiceName(metric.Resource).ShouldBe("health-code");
        metric.ScopeMetrics.SelectMany(scope => scope.Metrics).ShouldHaveSingleItem().Name.ShouldBe("contacts.traced");

        var log = collector.Logs.SelectMany(batch => batch.ResourceLogs).SelectMany(logs => logs.ScopeLogs)
            .SelectMany(scope => scope.LogRecords).Single(record => record.Body.Text == "{Count} contacts traced");
        Convert.ToHexStringLower(log.TraceId.Span).ShouldBe(trace.ToHexString());
    }

    [Fact]
    public void Adding_twice_configures_the_same_providers()
    {
        var services = new ServiceCollection();

        services.AddOpenTelemetry().WithTracing();
        services.AddOpenTelemetry().WithTracing();

        services.Count(service => service.ServiceType == typeof(IHostedService)).ShouldBe(1);
        services.Count(service => service.ServiceType == typeof(OpenTelemetry.Trace.TracerProvider)).ShouldBe(1);
    }

    private static string? ServiceName(Resource resource) =>
        resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.Text;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} contacts traced")]
    private static partial void ContactsTraced(ILogger logger, int count);
}
