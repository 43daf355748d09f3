using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.Gateway.Tests;

/// <summary>A replica of a service behind the gateway: a real server on a port of its own that tells what it was asked.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication app;
    private int asked;

    private Backend(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Requests that reached this replica and were to be counted.</summary>
    public int Asked => asked;

    public static Task<Backend> StartAsync(string name) => StartAsync((app, backend) =>
    {
        app.MapGet("/health-code/v1/who", () => name);
        app.MapGet("/health-code/v1/trace", (HttpRequest request) => request.Headers.TraceParent.ToString());
        app.MapGet("/health-code/v1/public", async (HttpResponse response) =>
        {
            backend.Count();
            // Long enough that many callers wait for the same answer.
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            response.Headers.CacheControl = "public, max-age=60";
            return response.HttpContext.Request.Headers.AcceptLanguage.ToString();
        });
        app.MapGet("/health-code/v1/private", () => backend.Count());
        app.MapPost("/health-code/v1/body", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return "read";
        });
    });

    /// <param name="map">What it answers.</param>
    /// <param name="protocols">HTTP/2 without TLS for a gRPC endpoint.</param>
    public static async Task<Backend> StartAsync(Action<WebApplication, Backend> map, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        var backend = new Backend(app);
        app.UseWebSockets();
        app.MapGet("/health/ready", () => "Healthy");
        map(app, backend);
        await app.StartAsync();
        return backend;
    }

    public int Count() => Interlocked.Increment(ref asked);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
