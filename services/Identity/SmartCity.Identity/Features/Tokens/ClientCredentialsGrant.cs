using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>A service's own token (RFC 6749 §4.4): for the one audience and the scopes that its registration allows.</summary>
internal sealed partial class ClientCredentialsGrant(
    AccessTokens tokens, IConfiguration configuration, IOptions<ProviderSettings> settings, IHttpContextAccessor http, ILogger<ClientCredentialsGrant> logger) : IGrant
{
    public async Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        var (client, secret) = Basic(http.HttpContext!.Request) ?? (request.ClientId, request.ClientSecret);
        if (client is null || secret is null || !settings.Value.Clients.TryGetValue(client, out var registration) || !IsSecretOf(client, secret))
        {
            ClientRefused();
            return TokenError.Client;
        }

        if (request.Audience is null || !registration.TryGetValue(request.Audience, out var allowed))
        {
            return new TokenError("invalid_target", "audience_not_allowed");
        }

        var scopes = request.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? allowed;
        if (scopes.Length == 0 || scopes.Except(allowed).Any()) return new TokenError("invalid_scope", "scope_not_allowed");

        var token = await tokens.IssueAsync(new TokenContent(client, client, string.Join(' ', scopes), [request.Audience]), cancellationToken);
        TokenGiven(client, request.Audience, token.Scope);
        return TypedResults.Ok(token);
    }

    private bool IsSecretOf(string client, string secret) =>
        configuration[$"Clients:{client}"] is { Length: > 0 } expected && CryptographicOperations.FixedTimeEquals(Hash(expected), Hash(secret));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>RFC 6749 §2.3.1: both parts are form-encoded before they are joined.</summary>
    private static (string?, string?)? Basic(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var length)) return (null, null);
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return parts is [var client, var secret] ? (Uri.UnescapeDataString(client), Uri.UnescapeDataString(secret)) : (null, null);
    }

    [LoggerMessage(LogLevel.Information, "A service named no known client or a wrong secret")]
    private partial void ClientRefused();

    [LoggerMessage(LogLevel.Debug, "{Client} got a token for {Audience} with {Scope}")]
    private partial void TokenGiven(string client, string audience, string scope);
}
