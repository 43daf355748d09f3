using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using SmartCity.Dashboard;
using SmartCity.Dashboard.Telemetry;

namespace Aspire.Hosting.Running;

/// <summary>Where services send what they tell: to the dashboard, or where configuration says.</summary>
internal sealed record TelemetrySettings(DashboardOptions Dashboard)
{
    public const string Headers = "OTEL_EXPORTER_OTLP_HEADERS";

    public static TelemetrySettings Of(IConfiguration configuration, DataDirectory data) => new(new DashboardOptions(
        data.Port("dashboard/http/0", null),
        data.Port("dashboard/otlp-grpc/0", null),
        data.Port("dashboard/otlp-http/0", null),
        configuration["AppHost:BrowserToken"] ?? NewSecret(),
        configuration["AppHost:OtlpApiKey"] ?? NewSecret(),
        new TelemetryLimits()));

    /// <summary>What every project gets. Metrics go out every five seconds: enough to see the city move, and a fifth of the work of Aspire's every second.</summary>
    public IEnumerable<(string Name, string Value)> Variables(IConfiguration configuration)
    {
        if (configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] is { } http)
            return [("OTEL_EXPORTER_OTLP_ENDPOINT", http), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];
        if (configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { } grpc)
            return [("OTEL_EXPORTER_OTLP_ENDPOINT", grpc), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
        return
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://localhost:{Dashboard.OtlpGrpcPort}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            (Headers, $"x-otlp-api-key={Dashboard.OtlpKey}"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "1000"), ("OTEL_BSP_SCHEDULE_DELAY", "1000"), ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
            ("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"),
        ];
    }

    private static string NewSecret() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
