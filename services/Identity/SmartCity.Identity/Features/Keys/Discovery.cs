using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Features.Tokens;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.Identity.Features.Keys;

/// <summary>OpenID Connect Discovery 1.0 and the key set (RFC 7517): all that a service needs to check tokens without asking.</summary>
internal static class Discovery
{
    public const string MetadataPath = "/.well-known/openid-configuration";
    public const string KeysPath = "/.well-known/jwks.json";

    // Far below the day by which a key is published ahead.
    private const string Cacheable = "public, max-age=300";

    public static void Map(WebApplication app)
    {
        app.MapGet($"/identity{MetadataPath}", GetMetadata)
            .AllowEveryone().WithName("GetOpenIdConfiguration").WithTags("OpenID").WithSummary("The provider's metadata (OpenID Connect Discovery 1.0).")
            .WithExample(answer: Metadata("https://city.example/identity", "https://city.example/identity"));
        app.MapGet($"/identity{KeysPath}", GetKeysAsync)
            .AllowEveryone().WithName("GetSigningKeys").WithTags("OpenID").WithSummary("The keys that access tokens are signed with (RFC 7517).")
            .WithExample(answer: new KeySet(
                [new PublicKey("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")]));
    }

    public static ProviderMetadata Metadata(string issuer, string address) => new(
        issuer,
        TokenEndpoint: $"{address}/connect/token",
        RevocationEndpoint: $"{address}/connect/revocation",
        JwksUri: address + KeysPath,
        GrantTypes: GrantTypes.All,
        Scopes: [CityClaims.PeopleScope],
        Claims: ["iss", CityClaims.Subject, "aud", "exp", "iat", "jti", CityClaims.ClientId, CityClaims.Scope, CityClaims.Role, CityClaims.Department, CityClaims.Actor],
        ResponseTypes: [],
        SubjectTypes: ["public"],
        IdTokenAlgorithms: ["ES256"],
        TokenEndpointAuthMethods: ["client_secret_basic", "client_secret_post", "none"]);

    private static ProviderMetadata GetMetadata(HttpContext context, IOptions<ProviderSettings> settings)
    {
        context.Response.Headers.CacheControl = Cacheable;
        context.Response.Headers.Vary = ForwardedHost;
        var issuer = settings.Value.Issuer;

        // Whoever comes through the gateway is told the public addresses; a service that asks directly, an address that works while there is no gateway.
        var address = context.Request.Headers.ContainsKey(ForwardedHost) ? issuer : $"{context.Request.Scheme}://{context.Request.Host}/identity";
        return Metadata(issuer, address);
    }

    private static ValueTask<KeySet> GetKeysAsync(HttpContext context, SigningKeys keys, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = Cacheable;
        return keys.PublishedAsync(cancellationToken);
    }

    private const string ForwardedHost = "X-Forwarded-Host";
}

internal sealed record ProviderMetadata(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("token_endpoint")] string TokenEndpoint,
    [property: JsonPropertyName("revocation_endpoint")] string RevocationEndpoint,
    [property: JsonPropertyName("jwks_uri")] string JwksUri,
    [property: JsonPropertyName("grant_types_supported")] IReadOnlyList<string> GrantTypes,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("claims_supported")] IReadOnlyList<string> Claims,
    [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypes,
    [property: JsonPropertyName("subject_types_supported")] IReadOnlyList<string> SubjectTypes,
    [property: JsonPropertyName("id_token_signing_alg_values_supported")] IReadOnlyList<string> IdTokenAlgorithms,
    [property: JsonPropertyName("token_endpoint_auth_methods_supported")] IReadOnlyList<string> TokenEndpointAuthMethods);
