using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>Configures the providers that live and end with the host. The work is done by the SDK's own builder extensions.</summary>
public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
{
    internal OpenTelemetryBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }

    public OpenTelemetryBuilder ConfigureResource(Action<ResourceBuilder> configure) =>
        With(OpenTelemetryBuilderSdkExtensions.ConfigureResource(this, configure));

    public OpenTelemetryBuilder WithTracing() => WithTracing(_ => { });

    public OpenTelemetryBuilder WithTracing(Action<TracerProviderBuilder> configure) =>
        With(OpenTelemetryBuilderSdkExtensions.WithTracing(this, configure));

    public OpenTelemetryBuilder WithMetrics() => WithMetrics(_ => { });

    public OpenTelemetryBuilder WithMetrics(Action<MeterProviderBuilder> configure) =>
        With(OpenTelemetryBuilderSdkExtensions.WithMetrics(this, configure));

    public OpenTelemetryBuilder WithLogging() => WithLogging(null, null);

    public OpenTelemetryBuilder WithLogging(Action<LoggerProviderBuilder> configure) => WithLogging(configure, null);

    public OpenTelemetryBuilder WithLogging(
        Action<LoggerProviderBuilder>? configureBuilder, Action<OpenTelemetryLoggerOptions>? configureOptions) =>
        With(OpenTelemetryBuilderSdkExtensions.WithLogging(this, configureBuilder, configureOptions));

    // The SDK's extensions answer the builder they were given, typed as the interface.
    private OpenTelemetryBuilder With(IOpenTelemetryBuilder _) => this;
}
