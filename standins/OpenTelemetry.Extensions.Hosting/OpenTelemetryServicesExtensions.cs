using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.DependencyInjection
{
    public static class OpenTelemetryServicesExtensions
    {
        /// <summary>May be called repeatedly: every call configures the same providers.</summary>
        public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
        {
            // In front, so that what other hosted services do at their start is seen too.
            if (services.All(service => service.ImplementationType != typeof(TelemetryHostedService)))
                services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());
            return new OpenTelemetryBuilder(services);
        }
    }
}

namespace Microsoft.Extensions.Hosting
{
    public static class OpenTelemetryHostApplicationBuilderExtensions
    {
        public static OpenTelemetryBuilder AddOpenTelemetry(this IHostApplicationBuilder builder) =>
            Microsoft.Extensions.DependencyInjection.OpenTelemetryServicesExtensions.AddOpenTelemetry(builder.Services);
    }
}

namespace OpenTelemetry
{
    /// <summary>Resolving a provider starts it: before the first request, not at the first one that happens to need it.</summary>
    internal sealed class TelemetryHostedService(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = services.GetService(typeof(MeterProvider));
            _ = services.GetService(typeof(TracerProvider));
            _ = services.GetService(typeof(LoggerProvider));
            return Task.CompletedTask;
        }

        // The container disposes the providers after every hosted service has stopped, and disposal flushes what they hold.
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
