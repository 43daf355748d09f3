using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmartCity.Testing;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>A token endpoint (RFC 6749 §4.4) on a real port, which can be stopped.</summary>
internal sealed class TokenProvider : IAsyncDisposable
{
    public const string Secret = "the client's secret";

    private readonly WebApplication app;

    private TokenProvider(WebApplication app) => this.app = app;

    /// <summary>What was asked for, in order.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Requests { get; } = new();

    /// <summary>The settings of a service that gets its tokens here.</summary>
    public (string Key, string? Value)[] Settings { get; private set; } = [];

    public static async Task<TokenProvider> StartAsync(TimeSpan lifetime)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new TokenProvider(builder.Build());
        provider.app.MapPost("/token", async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            var form = (await request.ReadFormAsync(cancellationToken)).ToDictionary(field => field.Key, field => field.Value.ToString());
            provider.Requests.Enqueue(form);
            return form["client_secret"] == Secret
                ? Results.Json(new { access_token = TestTokens.Service(form["client_id"], form["audience"], form["scope"]), expires_in = (int)lifetime.TotalSeconds })
                : Results.Unauthorized();
        });
        await provider.app.StartAsync();
        provider.Settings = [("Auth:TokenEndpoint", $"{provider.app.Urls.Single()}/token"), ("Clients:Secret", Secret)];
        return provider;
    }

    public Task StopAsync() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
