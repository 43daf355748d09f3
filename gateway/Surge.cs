using SmartCity.Gateway.Cache;
using SmartCity.Gateway.Limits;

namespace SmartCity.Gateway;

/// <summary>
/// How the gateway stays up when everybody comes at once. In the order in which a request meets it: an answer that is kept, a service that is known to be full, the caller's
/// own limits; and after the token was judged, the gate of the service.
/// </summary>
internal static class Surge
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(10);

    public static void AddSurge(this WebApplicationBuilder builder)
    {
        builder.AddPolicy();
        builder.AddGatewayHealth();
        builder.Services.AddSingleton<Buckets>();
        builder.Services.AddSingleton<ServiceGates>();
        builder.Services.AddHostedService<Sweeping>();
        if (builder.Configuration.GetConnectionString("broker") is null) return;
        builder.Services.AddSingleton<SharedLimits>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SharedLimits>());
    }

    /// <summary>After routing; authentication is part of it.</summary>
    public static void UseSurge(this WebApplication app)
    {
        GatewayMetrics.Observe(app.Services.GetRequiredService<ServiceGates>());
        Passage.Use(app);
        app.UseMiddleware<PublicCache>();
        ServiceLimits.UseEarly(app);
        // Limits are by account, and whoever shows a bad token is limited too.
        app.UseAuthentication();
        app.UseMiddleware<CallerLimits>();
    }

    private sealed class Sweeping(Buckets buckets, PolicyBook policy) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(Sweep, TimeProvider.System);
            while (await timer.WaitForNextTickAsync(stoppingToken)) buckets.Sweep(policy.InForce);
        }
    }
}
