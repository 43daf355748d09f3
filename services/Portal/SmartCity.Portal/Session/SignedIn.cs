using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Session;

/// <summary>Who is signed in at this request.</summary>
internal sealed class SignedIn(IHttpContextAccessor accessor)
{
    private HttpContext Context => accessor.HttpContext ?? throw new InvalidOperationException("Only while a request is served.");

    public ClaimsPrincipal User => Context.User;

    public bool Anyone => User.Identity?.IsAuthenticated == true;

    public string? Department => User.FindFirstValue(CityClaims.Department);

    public bool Is(params string[] roles) => roles.Any(User.IsInRole);

    /// <summary>The token for the services; null where nobody is signed in.</summary>
    public async Task<string?> AccessTokenAsync() =>
        Anyone ? SessionCookie.AccessTokenOf((await Context.AuthenticateAsync(SessionCookie.Scheme)).Properties) : null;
}
