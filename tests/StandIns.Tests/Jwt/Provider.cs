using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StandIns.Tests.Jwt;

/// <summary>An OpenID provider as a service sees it: a discovery document and a key set on a real port. It can be out of order.</summary>
internal sealed class Provider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _keyReads;

    private Provider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Down
            ? Results.StatusCode(503)
            : Results.Json(new { issuer = ProtectedApp.Issuer, jwks_uri = Authority + "/keys" }));
        _app.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref _keyReads);
            return Results.Text($$"""{"keys":[{{string.Join(',', Keys)}}]}""", "application/jwk-set+json");
        });
    }

    public string Authority => _app.Urls.Single();

    public string[] Keys { get; set; } = [];

    public bool Down { get; set; }

    public int KeyReads => _keyReads;

    public static async Task<Provider> StartAsync(params string[] keys)
    {
        var provider = new Provider { Keys = keys };
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
