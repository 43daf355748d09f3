using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// This service's own access tokens (OAuth 2.0 client credentials, RFC 6749 §4.4), one per audience and scope, renewed before they end.
/// A token that is still valid keeps working while the identity provider is down.
/// </summary>
public sealed class ServiceTokens
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Audience, string Scope), Token> tokens = new();
    private readonly SemaphoreSlim oneAtATime = new(1);
    private readonly HttpClient http;
    private readonly string tokenEndpoint;
    private readonly string clientId;
    private readonly string clientSecret;

    internal ServiceTokens(HttpClient http, IConfiguration configuration, ServiceName service)
    {
        this.http = http;
        tokenEndpoint = configuration["Auth:TokenEndpoint"] ?? $"{Access.Authority(configuration)}/connect/token";
        clientId = service.Value;
        clientSecret = configuration["Clients:Secret"] ?? throw new InvalidOperationException("Clients:Secret is not configured.");
    }

    /// <summary>A token for the audience with the scope.</summary>
    /// <exception cref="RpcException">Unavailable: there is no valid token and the identity provider gives none.</exception>
    public async ValueTask<string> GetAsync(string audience, string scope, CancellationToken cancellationToken)
    {
        // Real time, as tokens do not follow the city's clock.
        var now = TimeProvider.System.GetUtcNow();
        if (tokens.TryGetValue((audience, scope), out var known) && now < known.ExpiresAt - RenewBefore) return known.Value;

        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (tokens.TryGetValue((audience, scope), out var fresh) && now < fresh.ExpiresAt - RenewBefore) return fresh.Value;
            var token = await RequestAsync(audience, scope, now, cancellationToken);
            tokens[(audience, scope)] = token;
            return token.Value;
        }
        // A proxy before a provider that is down may answer with a page of its own.
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (known is not null && now < known.ExpiresAt) return known.Value;
            throw new RpcException(new Status(StatusCode.Unavailable, "The identity provider gives no token.", exception));
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    private async Task<Token> RequestAsync(string audience, string scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = clientSecret,
            ["audience"] = audience,
            ["scope"] = scope,
        });
        using var response = await http.PostAsync(tokenEndpoint, form, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<TokenAnswer>(cancellationToken) ?? throw new HttpRequestException("An empty answer.");
        return new Token(answer.AccessToken, now.AddSeconds(answer.ExpiresIn));
    }

    private sealed record Token(string Value, DateTimeOffset ExpiresAt);

    private sealed record TokenAnswer([property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
}

/// <summary>Adds <see cref="ServiceTokens"/>.</summary>
public static class ServiceTokensExtensions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Adds this service's own tokens; its secret is <c>Clients:Secret</c>.</summary>
    public static WebApplicationBuilder AddServiceTokens(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(provider => new ServiceTokens(new HttpClient { Timeout = Timeout }, builder.Configuration, provider.GetRequiredService<ServiceName>()));
        return builder;
    }
}
