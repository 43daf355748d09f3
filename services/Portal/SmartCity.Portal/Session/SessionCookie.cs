using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using SmartCity.Portal.Calls;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Session;

/// <summary>
/// Who is signed in lives in an encrypted cookie that holds the tokens, and nowhere else: any replica serves any request.
/// </summary>
internal static class SessionCookie
{
    public const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    private const string AccessToken = "access_token";
    private const string RefreshToken = "refresh_token";
    private const string ExpiresAt = "expires_at";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    public static void AddSession(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("smart-city-portal");
        builder.Services.AddSingleton<IKeyManager>(services => new SharedKey(builder.Configuration["Portal:SessionKey"], services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddAntiforgery(options => options.Cookie.Name = "form");
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<SignedIn>();
        builder.Services.AddSingleton<Renewals>();
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddAuthentication(Scheme).AddCookie(Scheme, options =>
        {
            options.Cookie.Name = "session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = TimeSpan.FromDays(30);
            options.SlidingExpiration = false;
            options.LoginPath = "/sign-in";
            options.AccessDeniedPath = "/error/403";
            options.ReturnUrlParameter = "back";
            options.Events.OnValidatePrincipal = RenewAsync;
            // Tokens live in real time, also while a simulator moves the city's clock.
            options.TimeProvider = TimeProvider.System;
        });
    }

    /// <summary>Keeps the tokens of somebody who has just proved who they are.</summary>
    public static Task SignInAsync(HttpContext context, Tokens tokens) =>
        context.SignInAsync(Scheme, Principal(tokens), Keep(new AuthenticationProperties { IsPersistent = true }, tokens));

    public static string? AccessTokenOf(AuthenticationProperties? properties) => properties?.GetTokenValue(AccessToken);

    public static string? RefreshTokenOf(AuthenticationProperties? properties) => properties?.GetTokenValue(RefreshToken);

    private static AuthenticationProperties Keep(AuthenticationProperties properties, Tokens tokens)
    {
        properties.StoreTokens(
        [
            new AuthenticationToken { Name = AccessToken, Value = tokens.AccessToken },
            new AuthenticationToken { Name = RefreshToken, Value = tokens.RefreshToken ?? "" },
            new AuthenticationToken { Name = ExpiresAt, Value = TimeProvider.System.GetUtcNow().AddSeconds(tokens.ExpiresIn).ToString("O") },
        ]);
        return properties;
    }

    /// <summary>The token came straight from the identity service, which is reached inside the city only; whoever uses it checks it again.</summary>
    private static ClaimsPrincipal Principal(Tokens tokens) =>
        new(new ClaimsIdentity(TokenClaims.Of(tokens.AccessToken), Scheme, CityClaims.Subject, CityClaims.Role));

    private static async Task RenewAsync(CookieValidatePrincipalContext context)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (context.Properties.GetTokenValue(ExpiresAt) is { } at && DateTimeOffset.Parse(at, null) - RenewBefore > now) return;

        var answer = RefreshTokenOf(context.Properties) is { Length: > 0 } refresh
            ? await context.HttpContext.RequestServices.GetRequiredService<Renewals>().RenewAsync(refresh)
            : new Answer<Tokens>(Problem.SessionEnded);
        if (answer.Value is { } tokens)
        {
            Keep(context.Properties, tokens);
            context.ReplacePrincipal(Principal(tokens));
            context.ShouldRenew = true;
        }
        else if (answer.Problem!.Status < 500)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        }
    }
}
