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
        var addresses = (builder.Configuration["ASPNETCORE_URLS"] ?? builder.Configuration["URLS"] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse).ToArray();
        foreach (var address in addresses)
        {
            if (IsLocal(address)) kestrel.ListenLocalhost(address.Port);
            else kestrel.ListenAnyIP(address.Port);
        }

        // In a container the other services come from outside the machine, for HTTP and for gRPC alike.
        Listen(grpcPort, HttpProtocols.Http2);
        Listen(metricsPort, HttpProtocols.Http1);

        void Listen(int? port, HttpProtocols protocols)
        {
            if (port is null) return;
            if (addresses.All(IsLocal)) kestrel.ListenLocalhost(port.Value, listen => listen.Protocols = protocols);
            else kestrel.ListenAnyIP(port.Value, listen => listen.Protocols = protocols);
        }
    });

    private static bool IsLocal(BindingAddress address) => address.Host is "localhost" or "127.0.0.1";
}
