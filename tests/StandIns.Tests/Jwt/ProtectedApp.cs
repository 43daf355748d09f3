using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StandIns.Tests.Jwt;

internal sealed record SeenClaim(string Type, string Value, string ValueType);

/// <summary>A service that trusts only tokens, on a real port and a clock of its own.</summary>
internal sealed class ProtectedApp : IAsyncDisposable
{
    public const string Issuer = "https://identity.city.test";
    public const string Audience = "health-code";
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    private ProtectedApp(MovingClock clock, Action<JwtBearerOptions> configure)
    {
        Clock = clock;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.RequireHttpsMetadata = false;
            options.Audience = Audience;
            options.TokenValidationParameters.ValidIssuer = Issuer;
            options.TokenValidationParameters.ValidTypes = ["at+jwt"];
            options.TokenValidationParameters.NameClaimType = "sub";
            options.TokenValidationParameters.RoleClaimType = "role";
            options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(30);
            configure(options);
        });
        builder.Services.AddAuthorization();
        _app = builder.Build();
        _app.MapGet("/me", (ClaimsPrincipal user) => user.Claims.Select(claim => new SeenClaim(claim.Type, claim.Value, claim.ValueType)))
            .RequireAuthorization();
        _app.MapGet("/name", (ClaimsPrincipal user) => user.Identity!.Name).RequireAuthorization();
        _app.MapGet("/token", (Delegate)((HttpContext context) => context.GetTokenAsync("access_token"))).RequireAuthorization();
        _app.MapGet("/officers", () => "").RequireAuthorization(policy => policy.RequireRole("officer"));
    }

    public MovingClock Clock { get; }

    public static async Task<ProtectedApp> StartAsync(Action<JwtBearerOptions> configure, DateTimeOffset? now = null)
    {
        var app = new ProtectedApp(new MovingClock(now ?? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), configure);
        await app._app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _app.Urls.Single() + path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<SeenClaim[]> ClaimsOfAsync(string token)
    {
        var response = await GetAsync("/me", token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, response.Headers.WwwAuthenticate.ToString());
        return (await response.Content.ReadFromJsonAsync<SeenClaim[]>(TestContext.Current.CancellationToken))!;
    }

    /// <summary>The challenge's parameters; fails when the token was accepted.</summary>
    public async Task<string?> RefusalOfAsync(string token)
    {
        var response = await GetAsync("/me", token);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        AuthenticationHeaderValue challenge = response.Headers.WwwAuthenticate.ShouldHaveSingleItem();
        challenge.Scheme.ShouldBe("Bearer");
        return challenge.Parameter;
    }

    /// <summary>What a proper issuer writes: for this service, valid for ten minutes from now.</summary>
    public Dictionary<string, object> Payload(params (string Name, object Value)[] changes)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var payload = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "citizen-1",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 600,
        };
        foreach (var (name, value) in changes)
            payload[name] = value;
        return payload;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}

internal sealed class MovingClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
