using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SmartCity.Portal.Calls;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Session;

/// <summary>Ends the session here and at the identity service. What the browser keeps to be shown offline, its script forgets.</summary>
internal static class SignOut
{
    public static void Map(WebApplication app) => app.MapPost("/sign-out", HandleAsync).ExcludeFromDescription().AllowEveryone();

    // The parameter from the form is what makes the antiforgery token be asked for.
    private static async Task<RedirectHttpResult> HandleAsync(HttpContext context, [FromForm] string? back, SignInCalls calls, CancellationToken cancellationToken)
    {
        var session = await context.AuthenticateAsync(SessionCookie.Scheme);
        if (SessionCookie.RefreshTokenOf(session.Properties) is { Length: > 0 } token) await calls.EndAsync(token, cancellationToken);
        await context.SignOutAsync(SessionCookie.Scheme);
        return TypedResults.LocalRedirect(Web.LocalPath.Or(back, "/"));
    }
}
