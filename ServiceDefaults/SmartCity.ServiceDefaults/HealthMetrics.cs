using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SmartCity.ServiceDefaults;

/// <summary>Measures what the health checks say, so that alerts need not ask each service: 0 healthy, 1 degraded, 2 unhealthy.</summary>
internal sealed class HealthMetrics(IMeterFactory meters) : IHealthCheckPublisher
{
    private readonly Gauge<int> health = meters.Create("SmartCity.Health").CreateGauge<int>("smartcity.health", null, "What a health check says: 0 healthy, 1 degraded, 2 unhealthy.");

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (check, entry) in report.Entries)
        {
            var value = entry.Status switch { HealthStatus.Healthy => 0, HealthStatus.Degraded => 1, _ => 2 };
            health.Record(value, new KeyValuePair<string, object?>("check", check));
        }

        return Task.CompletedTask;
    }
}

internal static class HealthMetricsExtensions
{
    public static void AddHealthMetrics(this IServiceCollection services)
    {
        services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)));
    }
}
