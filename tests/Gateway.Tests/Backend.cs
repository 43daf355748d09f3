using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SmartCity.Gateway.Tests;

/// <summary>A replica of a service behind the gateway: a real server on a port of its own that tells what it was asked.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication app;
    private int asked;

    private Backend(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Requests to the public answer that reached this replica.</summary>
    public int Asked => asked;

    public static async Task<Backend> StartAsync(string name, string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        var backend = new Backend(app);

        app.MapGet("/health/ready", () => "Healthy");
        app.MapGet("/health-code/v1/who", () => name);
        app.MapGet("/health-code/v1/trace", (HttpRequest request) => request.Headers.TraceParent.ToString());
        app.MapGet("/health-code/v1/public", async (HttpResponse response) =>
        {
            Interlocked.Increment(ref backend.asked);
            // Long enough that many callers wait for the same answer.
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            response.Headers.CacheControl = "public, max-age=60";
            return response.HttpContext.Request.Headers.AcceptLanguage.ToString();
        });
        app.MapGet("/health-code/v1/private", () => Interlocked.Increment(ref backend.asked));
        app.MapPost("/health-code/v1/body", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return "read";
        });
        await app.StartAsync();
        return backend;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
