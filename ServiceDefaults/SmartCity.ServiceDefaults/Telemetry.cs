using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs by OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so. One trace spans gateway, service, gRPC, broker, consumer and database.
/// Server spans follow the OpenTelemetry semantic conventions for HTTP. How much of a crowd is recorded, <see cref="TraceBudget"/> says.
/// </summary>
internal static class Telemetry
{
    private static readonly string[] Sources =
        ["Microsoft.AspNetCore", "System.Net.Http", "Grpc.Net.Client", "MassTransit", "Npgsql", "Yarp.ReverseProxy", "SmartCity.*"];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "Microsoft.AspNetCore.Routing",
        "System.Net.Http", "System.Runtime", "MassTransit", "Npgsql", "Grpc.*", "Yarp*", "SmartCity.*",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        // Without it ASP.NET leaves method, path and scheme off its spans.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? service))
            .WithTracing(tracing => tracing.AddSource(Sources).SetSampler(TraceBudget.From(builder.Configuration)))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                // A second reader makes every measurement dearer, so only where one is wanted.
                if (MetricsPort.Of(builder.Configuration) is not null) metrics.AddPrometheusExporter();
            })
            .WithLogging(configureBuilder: null, configureOptions: logging => logging.IncludeFormattedMessage = true);

        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) telemetry.UseOtlpExporter();

        // These tell at Information of every request, which the traces already do. Configuration comes later and wins.
        foreach (var talkative in new[] { "Microsoft.AspNetCore", "System.Net.Http", "Yarp", "Grpc" }) builder.Logging.AddFilter(talkative, LogLevel.Warning);
        // A second port for gRPC makes Kestrel say at every start that it does not read its URLs; Endpoints does.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
    }

    /// <summary>Names the server's span after its route and gives it the answer's status: the two things that ASP.NET leaves to instrumentation packages.</summary>
    public static void UseRequestSpans(this WebApplication app) => app.Use(async (context, next) =>
    {
        var span = context.Features.Get<IHttpActivityFeature>()?.Activity;
        if (span is not { IsAllDataRequested: true })
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            span.AddException(exception);
            span.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            Describe(span, context);
        }
    });

    private static void Describe(Activity span, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        if (route is not null) span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= 500) span.SetStatus(ActivityStatusCode.Error);
    }
}
