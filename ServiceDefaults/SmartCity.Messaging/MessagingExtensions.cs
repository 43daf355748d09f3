using System.Reflection;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SmartCity.Messaging;

/// <summary>Events in and out of a service: MassTransit on RabbitMQ between an outbox and an inbox in the service's own database.</summary>
public static class MessagingExtensions
{
    /// <summary>
    /// Adds the bus on the connection string "broker", a quorum queue for every consumer of the assembly, the relay of the outbox, the pruning
    /// of the inbox, metrics, and health that tells of a broker away, a standing outbox, and messages in error queues (degraded, never unready).
    /// </summary>
    /// <typeparam name="TDb">The context whose model has <see cref="MessagingModel.AddMessaging"/>; added before by AddDatabase.</typeparam>
    /// <param name="builder">The application under construction.</param>
    /// <param name="consumers">The assembly whose consumers, internal ones too, listen.</param>
    public static IHostApplicationBuilder AddMessaging<TDb>(this IHostApplicationBuilder builder, Assembly consumers)
        where TDb : DbContext
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<MessagingOptions>().BindConfiguration("Messaging").ValidateDataAnnotations()
            .Validate<IServiceScopeFactory>(HasTables<TDb>, $"{typeof(TDb).Name}.OnModelCreating does not call AddMessaging().")
            .ValidateOnStart();
        services.AddSingleton<QueueLengths>();
        services.AddSingleton<BusGuard>();
        services.AddSingleton<MessagingWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<MessagingWatch>());
        services.AddHostedService<OutboxRelay>();
        services.AddHostedService<InboxPruning>();
        services.AddHealthChecks().AddCheck<MessagingWatch>("messages", HealthStatus.Degraded, ["messaging"]);
        services.AddMassTransit(bus => bus.UseCityBroker(builder, consumers));
        // The service answers while the broker is away: what it has to say waits in the outbox.
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            host.WaitUntilStarted = false;
            host.ConsumerStopTimeout = TimeSpan.FromSeconds(5);
            host.StopTimeout = TimeSpan.FromSeconds(10);
        });
        return builder;
    }

    private static bool HasTables<TDb>(MessagingOptions options, IServiceScopeFactory scopes)
        where TDb : DbContext
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetRequiredService<TDb>().Model.FindEntityType(typeof(OutboxRow)) is not null;
    }

    private static void UseCityBroker(this IBusRegistrationConfigurator bus, IHostApplicationBuilder builder, Assembly consumers)
    {
        var prefix = builder.Configuration["Messaging:Prefix"];
        bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter(prefix + ServiceName(builder.Environment.ApplicationName), false));
        // Not AddConsumers(assembly): that sees public types only, and a slice is internal.
        bus.AddConsumers([.. consumers.GetTypes().Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IConsumer)))]);
        // MassTransit would tell its maker about the city's endpoints.
        bus.ConfigureUsageTelemetryOptions(telemetry => telemetry.Enabled = false);
        bus.ConfigureHealthCheckOptions(health =>
        {
            health.Name = "broker";
            health.MinimalFailureStatus = HealthStatus.Degraded;
            health.Tags.Add("messaging");
        });
        bus.AddConfigureEndpointsCallback((context, queue, endpoint) =>
        {
            ((IRabbitMqReceiveEndpointConfigurator)endpoint).SetQuorumQueue();
            context.GetRequiredService<QueueLengths>().Watch(queue);
            endpoint.PrefetchCount = 32;
            endpoint.ConcurrentMessageLimit = 8;
            endpoint.UseMessageRetry(retry => retry.SetRetryPolicy(_ => new PatientRetry(context.GetRequiredService<TimeProvider>())));
        });
        bus.UsingRabbitMq((context, broker) =>
        {
            var address = builder.Configuration.GetConnectionString("broker")
                ?? throw new InvalidOperationException("The connection string \"broker\" is missing.");
            broker.Host(new Uri(address));
            broker.ConfigureJsonSerializerOptions(MessageJson.Configure);
            if (prefix is not null)
                broker.MessageTopology.SetEntityNameFormatter(new PrefixEntityNameFormatter(broker.MessageTopology.EntityNameFormatter, prefix));
            broker.ConfigureEndpoints(context);
        });
    }

    /// <summary>"SmartCity.HealthCode" is health-code.</summary>
    private static string ServiceName(string application) =>
        KebabCaseEndpointNameFormatter.Instance.SanitizeName(application[(application.LastIndexOf('.') + 1)..]);
}
