using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;

namespace SmartCity.ServiceDefaults;

/// <summary>Metrics in Prometheus' text format, on a port of their own (<c>METRICS_PORT</c>) that has nothing else, so that no gateway leads there.</summary>
internal static class MetricsPort
{
    public static int? Of(IConfiguration configuration) => configuration.GetValue<int?>("METRICS_PORT");

    public static void UseMetricsPort(this WebApplication app)
    {
        if (Of(app.Configuration) is not { } port) return;
        app.MapWhen(context => context.Connection.LocalPort == port, metrics =>
        {
            // Reading the measurements is not to be measured.
            metrics.Use((context, next) =>
            {
                if (context.Features.Get<IHttpMetricsTagsFeature>() is { } measured) measured.MetricsDisabled = true;
                return next(context);
            });
            metrics.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
        });
    }
}
