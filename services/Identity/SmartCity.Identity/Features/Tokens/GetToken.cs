using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>One way to get a token.</summary>
internal interface IGrant
{
    Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(TokenRequest request, CancellationToken cancellationToken);
}

/// <summary>The token endpoint (RFC 6749 §3.2).</summary>
internal static class GetToken
{
    public static void AddGrants(this WebApplicationBuilder builder) => builder.Services
        .AddHttpContextAccessor()
        .AddSingleton<AccessTokens>()
        .AddScoped<Sessions>()
        .AddKeyedScoped<IGrant, ClientCredentialsGrant>(GrantTypes.ClientCredentials)
        .AddKeyedScoped<IGrant, StaffGrant>(GrantTypes.Staff)
        .AddKeyedScoped<IGrant, PhoneCodeGrant>(GrantTypes.PhoneCode)
        .AddKeyedScoped<IGrant, RefreshTokenGrant>(GrantTypes.RefreshToken)
        .AddKeyedScoped<IGrant, ProxyGrant>(GrantTypes.TokenExchange);

    public static void Map(WebApplication app) => app.MapPost("/identity/connect/token", HandleAsync)
        .AllowEveryone()
        .Accepts<TokenRequest>("application/x-www-form-urlencoded")
        .WithName("GetToken").WithTags("OpenID")
        .WithSummary("An access token, by one of the grant types that the provider's metadata lists.")
        .WithDescription("""
            client_credentials: client_id, client_secret (or HTTP Basic), audience, scope. urn:smartcity:grant:phone-code: phone, code.
            urn:smartcity:grant:staff: username, password, totp. refresh_token: refresh_token, which works once.
            urn:ietf:params:oauth:grant-type:token-exchange: subject_token (a consent's id), subject_token_type urn:smartcity:token-type:consent, and the proxy's own access token in the Authorization header.
            Refusals are those of RFC 6749 §5.2, with a stable code beside.
            """)
        .WithExample("grant_type=urn:smartcity:grant:phone-code&phone=13800000001&code=123456", new TokenAnswer("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln", 600, "city") { RefreshToken = "pUe7n2k" });

    private static async Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var request = await TokenRequest.ReadAsync(context, cancellationToken);
        if (request is null) return TokenError.Request;
        return context.RequestServices.GetKeyedService<IGrant>(request.GrantType) is { } grant
            ? await grant.HandleAsync(request, cancellationToken)
            : request.GrantType.Length == 0 ? TokenError.Request : new TokenError("unsupported_grant_type", "grant_type_unsupported");
    }
}
