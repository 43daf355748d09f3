using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SmartCity.Dashboard.Tests;

/// <summary>A service that tells something by the real OpenTelemetry SDK, under a name of its own.</summary>
internal sealed partial class Teller : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly ILoggerFactory _logs;

    public Teller(string service, string endpoint, string key, OtlpExportProtocol protocol)
    {
        Name = service;
        Source = new(service);
        Meter = new(service);
        var resource = ResourceBuilder.CreateEmpty().AddService(service, serviceInstanceId: $"{service}-1");
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(service).AddOtlpExporter(options => To(options, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(service).SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddOtlpExporter(options => To(options, "v1/metrics")).Build();
        _logs = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.SetResourceBuilder(resource);
            options.IncludeFormattedMessage = true;
            options.AddOtlpExporter(exporter => To(exporter, "v1/logs"));
        }));
        Logger = _logs.CreateLogger(service);

        void To(OtlpExporterOptions options, string path)
        {
            options.Protocol = protocol;
            options.Endpoint = new(protocol == OtlpExportProtocol.Grpc ? endpoint : $"{endpoint}/{path}");
            options.Headers = $"x-otlp-api-key={key}";
        }
    }

    public string Name { get; }

    public ActivitySource Source { get; }

    public Meter Meter { get; }

    public ILogger Logger { get; }

    /// <summary>A request with a call of the database in it that fails, a log line, and a measured duration.</summary>
    public ActivityTraceId TellOfARequest()
    {
        using var request = Source.StartActivity($"POST /{Name}", ActivityKind.Server)!;
        var duration = Meter.CreateHistogram<double>("request.duration", "s", "How long requests took.");
        using (var query = Source.StartActivity("INSERT visits", ActivityKind.Client)!)
        {
            query.SetTag("db.query.text", "INSERT INTO visits <b>");
            query.AddException(new InvalidOperationException("The table is full."));
            query.SetStatus(ActivityStatusCode.Error, "no room");
        }

        Refused(Logger, 7);
        duration.Record(0.3, new KeyValuePair<string, object?>("route", "/visits"));
        duration.Record(0.2, new KeyValuePair<string, object?>("route", "/places"));
        return request.TraceId;
    }

    public void Flush()
    {
        _traces.ForceFlush();
        _metrics.ForceFlush();
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
        _logs.Dispose();
        Source.Dispose();
        Meter.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Visit {Number} was refused")]
    private static partial void Refused(ILogger logger, int number);
}
