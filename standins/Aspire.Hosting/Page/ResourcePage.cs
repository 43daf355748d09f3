using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Page;

/// <summary>
/// What runs, on localhost for whoever holds the token: <c>/login?t=</c> exchanges it for a cookie as Aspire's dashboard does,
/// tools send it as a bearer token to <c>/api/resources</c>.
/// </summary>
internal sealed class ResourcePage : IAsyncDisposable
{
    private const string Cookie = "resources";

    private readonly WebApplication _app;

    private ResourcePage(WebApplication app, string loginUrl)
    {
        _app = app;
        LoginUrl = loginUrl;
    }

    public string LoginUrl { get; }

    public static async Task<ResourcePage> StartAsync(City city, int port, string? configuredToken, CancellationToken cancellationToken)
    {
        var token = configuredToken ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var app = builder.Build();

        app.Use(async (context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
            context.Response.Headers.CacheControl = "no-store";

            // The host check keeps a foreign page from reaching us by a name of its own (DNS rebinding).
            if (context.Request.Host.Host is not ("localhost" or "127.0.0.1"))
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            else if (context.Request.Path == "/login" || IsAllowed(context.Request, token))
                await next(context);
            else
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        });

        app.MapGet("/login", (string? t, HttpContext context) =>
        {
            if (!Same(t, token))
                return Results.Unauthorized();
            context.Response.Cookies.Append(Cookie, token, new() { HttpOnly = true, SameSite = SameSiteMode.Strict });
            return Results.Redirect("/");
        });
        app.MapGet("/", (HttpRequest request) => Results.Content(ResourceTable.Html(city.Instances, ResourceTexts.For(request.Headers.AcceptLanguage)), "text/html; charset=utf-8"));
        app.MapGet("/api/resources", () => city.Instances.Select(ResourceView.Of));
        app.MapPost("/api/resources/{name}/{command}", async (string name, string command) =>
            await CommandAsync(city, name, command) ? Results.NoContent() : Results.NotFound());
        app.MapPost("/resources/{name}/{command}", async (string name, string command) =>
            await CommandAsync(city, name, command) ? Results.Redirect("/") : Results.NotFound());

        await app.StartAsync(cancellationToken);
        return new(app, $"http://localhost:{port}/login?t={token}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<bool> CommandAsync(City city, string name, string command)
    {
        if (city.Instances.FirstOrDefault(instance => instance.Name == name) is not { } found || command is not ("start" or "stop" or "restart"))
            return false;
        if (command is "stop" or "restart")
            await found.StopAsync();
        if (command is "start" or "restart")
            await found.StartAsync();
        return true;
    }

    private static bool IsAllowed(HttpRequest request, string token) =>
        Same(request.Cookies[Cookie], token) || Same(request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null, token);

    private static bool Same(string? given, string token) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));
}
