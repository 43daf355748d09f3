using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Testing;

/// <summary>A subscriber hears only what is published after its queue first exists: a test that speaks must know that the service listens.</summary>
public static class BusReady
{
    /// <summary>The service's bus, once all its queues exist.</summary>
    public static async Task<IBus> ListeningBusAsync(this IServiceProvider services)
    {
        var bus = services.GetRequiredService<IBusControl>();
        await Eventually.Async(() => bus.CheckHealth().Status == BusHealthStatus.Healthy, TimeSpan.FromMinutes(1), "every queue of the service exists");
        return bus;
    }
}
