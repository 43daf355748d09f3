using System.Diagnostics;
using Microsoft.Net.Http.Headers;

namespace SmartCity.Gateway;

/// <summary>What every answer tells a browser (OWASP Secure Headers), and the trace by which devops find the request again.</summary>
internal static class SecurityHeaders
{
    private const string NothingLoads = "default-src 'none'; frame-ancestors 'none'";
    private const string OwnFilesLoad = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // Baggage from outside would travel through the whole city and into its records.
        if (Activity.Current is { } request) foreach (var (name, _) in request.Baggage.ToArray()) request.SetBaggage(name, null);
        context.Request.Headers.Remove("baggage");
        context.Request.Headers.Remove("Correlation-Context");
        context.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            var headers = http.Response.Headers;
            // What software answers is nobody's business.
            headers.Remove(HeaderNames.Server);
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()";
            if (headers.ContentSecurityPolicy.Count == 0)
            {
                headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments(ApiPage.Path) ? OwnFilesLoad : NothingLoads;
            }

            if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
            if (Activity.Current is { } span) headers["Trace-Id"] = span.TraceId.ToString();
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
