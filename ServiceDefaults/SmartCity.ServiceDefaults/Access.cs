using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace SmartCity.ServiceDefaults;

/// <summary>Who may call an endpoint, as its metadata states it. An endpoint that states nothing is closed to everyone.</summary>
/// <param name="Roles">People with one of these roles; empty for none.</param>
/// <param name="Scope">Services whose token holds this scope; null for none.</param>
/// <param name="Everyone">Anybody, without a token.</param>
public sealed record AccessRule(IReadOnlyList<string> Roles, string? Scope, bool Everyone);

/// <summary>States who may call an endpoint. On whose data, the endpoint itself decides from its <see cref="Caller"/>.</summary>
public static class Access
{
    /// <summary>People with one of the roles may call.</summary>
    public static TBuilder Allow<TBuilder>(this TBuilder endpoint, params string[] roles) where TBuilder : IEndpointConventionBuilder =>
        endpoint
            .RequireAuthorization(policy => policy
                .RequireRole(roles)
                .RequireAssertion(context => context.User.HasScope(CityClaims.PeopleScope)))
            .WithMetadata(new AccessRule(roles, Scope: null, Everyone: false));

    /// <summary>Services of the city may call whose token holds the scope.</summary>
    public static TBuilder AllowServices<TBuilder>(this TBuilder endpoint, string scope) where TBuilder : IEndpointConventionBuilder =>
        endpoint
            .RequireAuthorization(policy => policy.RequireAssertion(context => context.User.HasScope(scope)))
            .WithMetadata(new AccessRule([], scope, Everyone: false));

    /// <summary>Anybody may call: public information.</summary>
    public static TBuilder AllowEveryone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AllowAnonymous().WithMetadata(new AccessRule([], Scope: null, Everyone: true));

    /// <summary>Checks tokens of the city's identity provider, or of any OpenID provider that <c>Auth:Authority</c> names.</summary>
    internal static void AddAccess(this WebApplicationBuilder builder, string audience)
    {
        var configuration = builder.Configuration;
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MetadataAddress = $"{Authority(configuration)}/.well-known/openid-configuration";
            options.Audience = audience;
            options.MapInboundClaims = false;
            // The provider is reached inside the city; at the edge TLS ends before the gateway.
            options.RequireHttpsMetadata = configuration.GetValue("Auth:RequireHttpsMetadata", false);
            // Tokens live in real time, also while a simulator moves the city's clock.
            options.TimeProvider = TimeProvider.System;
            options.Events = KnownTokens.Remember();
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidAlgorithms = ["ES256"],
                ValidTypes = ["at+jwt"],
                ClockSkew = TimeSpan.FromSeconds(30),
                NameClaimType = CityClaims.Subject,
                RoleClaimType = configuration["Auth:RoleClaim"] ?? CityClaims.Role,
            };
        });
        // What states no rule is closed; what does not exist is simply not found. Routing's own answers 405 and 415 are endpoints, but not of a route:
        // closed, they would tell a caller to sign in who only sent the wrong type.
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
            .Build());
    }

    internal static string Authority(IConfiguration configuration) =>
        configuration["Auth:Authority"] ?? $"{configuration["services:identity:http:0"] ?? "http://localhost"}/identity";

    internal static bool HasScope(this System.Security.Claims.ClaimsPrincipal user, string scope) =>
        user.FindFirst(CityClaims.Scope)?.Value.Split(' ').Contains(scope) == true;
}
