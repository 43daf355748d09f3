using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SmartCity.Dashboard.Otlp;

namespace SmartCity.Dashboard;

/// <summary>
/// Pages and API for whoever holds the token: <c>/login?t=</c> exchanges it for a cookie, tools send it as a bearer token. Telemetry for whoever
/// holds the other key.
/// </summary>
internal static class Access
{
    public static void UseAccess(this WebApplication app, DashboardOptions options)
    {
        var cookie = $"dashboard-{options.Port}"; // browsers share cookies between ports, and a second city may run beside this one

        app.Use(async (context, next) =>
        {
            var (request, response) = (context.Request, context.Response);
            if (context.Connection.LocalPort != options.Port)
            {
                if (OtlpReceivers.HasKey(request, options.OtlpKey)) await next(context);
                else response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            response.Headers.ContentSecurityPolicy =
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
            response.Headers.CacheControl = "no-store";
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers["Referrer-Policy"] = "same-origin";

            // The host check keeps a foreign page from reaching us by a name of its own (DNS rebinding), the origin check one on another port
            // of this machine from sending a form with our reader's cookie.
            if (request.Host.Host is not ("localhost" or "127.0.0.1"))
                response.StatusCode = StatusCodes.Status400BadRequest;
            else if (request.Path == "/login")
                SignIn(context, cookie, options.Token);
            else if (!IsAllowed(request, cookie, options.Token))
                response.StatusCode = StatusCodes.Status401Unauthorized;
            else if (HttpMethods.IsPost(request.Method) && request.Headers.Origin is [{ } origin] && origin != $"http://{request.Host}")
                response.StatusCode = StatusCodes.Status403Forbidden;
            else
                await next(context);
        });
    }

    private static void SignIn(HttpContext context, string cookie, string token)
    {
        if (!Same(context.Request.Query["t"], token))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.Cookies.Append(cookie, token, new() { HttpOnly = true, SameSite = SameSiteMode.Strict });
        context.Response.Redirect("/");
    }

    private static bool IsAllowed(HttpRequest request, string cookie, string token) =>
        Same(request.Cookies[cookie], token)
        || (request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal) && Same(header[7..], token));

    private static bool Same(string? given, string token) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));
}
