using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace SmartCity.ServiceDefaults;

/// <summary>Where a service listens: HTTP/1.1 on its URLs, HTTP/2 without TLS for gRPC on <c>GRPC_PORT</c>, metrics on <c>METRICS_PORT</c>; and how much it takes from one caller.</summary>
internal static class Endpoints
{
    /// <summary>Largest request body that a service reads unless an endpoint says otherwise.</summary>
    private const long MaxRequestBytes = 1024 * 1024;

    public static void ConfigureEndpoints(this WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        var (grpcPort, metricsPort) = (builder.Configuration.GetValue<int?>("GRPC_PORT"), MetricsPort.Of(builder.Configuration));
        if (grpcPort is null && metricsPort is null) return;

        // One port cannot speak both without TLS; and an explicit port makes Kestrel ignore its URLs, so these are repeated here.
        if (grpcPort is not null) kestrel.ListenLocalhost(grpcPort.Value, listen => listen.Protocols = HttpProtocols.Http2);
        if (metricsPort is not null) kestrel.ListenLocalhost(metricsPort.Value, listen => listen.Protocols = HttpProtocols.Http1);
        foreach (var url in (builder.Configuration["ASPNETCORE_URLS"] ?? builder.Configuration["URLS"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var address = BindingAddress.Parse(url);
            if (address.Host is "localhost" or "127.0.0.1") kestrel.ListenLocalhost(address.Port);
            else kestrel.ListenAnyIP(address.Port);
        }
    });
}
