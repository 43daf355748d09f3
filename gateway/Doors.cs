using System.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Trace;
using SmartCity.ServiceDefaults;

namespace SmartCity.Gateway;

/// <summary>What one connection may cost: whoever sends slowly, opens much or writes long headers is cut off by the server before anything of ours runs.</summary>
internal static class Doors
{
    public static void AddDoors(this WebApplicationBuilder builder)
    {
        // A trace from outside that is no valid one is replaced, also where its form would make .NET fall back to ids of its own.
        (Activity.DefaultIdFormat, Activity.ForceDefaultIdFormat) = (ActivityIdFormat.W3C, true);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.SetSampler(TraceBudget.From(builder.Configuration, trustsCallers: false)));

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.Limits;
            limits.MaxConcurrentConnections = builder.Configuration.GetValue("Doors:MostConnections", 20_000L);
            limits.MaxConcurrentUpgradedConnections = builder.Configuration.GetValue("Doors:MostWebSockets", 5_000L);
            limits.MaxRequestHeaderCount = 64;
            limits.MaxRequestHeadersTotalSize = 16 * 1024;
            limits.MaxRequestLineSize = 4 * 1024;
            limits.RequestHeadersTimeout = builder.Configuration.GetValue("Doors:HeadersWithin", TimeSpan.FromSeconds(10));
            limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
            limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 500, gracePeriod: TimeSpan.FromSeconds(5));
            limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 500, gracePeriod: TimeSpan.FromSeconds(10));
            limits.Http2.MaxStreamsPerConnection = 100;
            limits.Http2.MaxRequestHeaderFieldSize = 8 * 1024;
            limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        });
    }
}
