using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SmartCity.Messaging;

/// <summary>
/// MassTransit 8.4 gives a consumer's queue up for good when the broker, coming back, leaves a request of it unanswered for too long (fixed in
/// 8.5.2), and a bus started a second time does not read it either: the process would look alive and never consume again. While the broker
/// answers and a queue is not read, the guard ends the process, which whoever runs it starts anew.
/// </summary>
internal sealed partial class BusGuard(
    IBusControl bus, IHostApplicationLifetime lifetime, IOptions<MessagingOptions> options, TimeProvider time, ILogger<BusGuard> logger)
{
    private long? brokenSince;

    public void BrokerAnswered()
    {
        var health = bus.CheckHealth();
        // Degraded: once started, and now some queues are not read. Unhealthy: still starting, which a restart would only prolong.
        brokenSince = health.Status == BusHealthStatus.Degraded ? brokenSince ?? time.GetTimestamp() : null;
        if (brokenSince is null || time.GetElapsedTime(brokenSince.Value) < options.Value.BusPatience) return;

        GaveUp(health.Description);
        brokenSince = null;
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Error, "The broker answers but the bus did not recover; the process ended, to be started again: {Reason}")]
    private partial void GaveUp(string reason);
}
