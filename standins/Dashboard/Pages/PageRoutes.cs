using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SmartCity.Dashboard.Alerts;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Pages;

/// <summary>The dashboard's addresses.</summary>
internal static class PageRoutes
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => new RazorComponentResult<LoopPage>());
        routes.MapGet("/resources", (string? view) => new RazorComponentResult<ResourcesPage>(new { View = view }));
        routes.MapGet("/resources/{name}", (string name, string? show, IRunningResources running) =>
            running.All.Any(one => one.Name == name) ? Page<ResourcePage>(new { Name = name, Show = show }) : Results.NotFound());
        routes.MapPost("/resources/{name}/{command}", async (string name, string command, IRunningResources running) =>
            await running.CommandAsync(name, command) ? Results.Redirect("/resources") : Results.NotFound());

        routes.MapGet("/console", (string? name, string? q) => new RazorComponentResult<ConsolePage>(new { Name = name, Search = q }));
        routes.MapConsoleStreams();

        routes.MapGet("/logs", (string? service, string? level, string? q, string? trace) =>
            new RazorComponentResult<LogsPage>(new { Service = service, Level = level, Search = q, Trace = trace }));
        routes.MapGet("/traces", (string? service, string? q, string? errors, double? slower) =>
            new RazorComponentResult<TracesPage>(new { Service = service, Search = q, Errors = errors is not null, Slower = slower }));
        routes.MapGet("/traces/{id}", (string id, string? span) => new RazorComponentResult<TracePage>(new { Id = ParseTrace(id), Chosen = ParseSpan(span) }));
        routes.MapGet("/metrics", (HttpRequest request, string? service, string? meter, string? instrument, int? minutes) => new RazorComponentResult<MetricsPage>(new
        {
            Service = service, Meter = meter, Instrument = instrument, Minutes = minutes is 1 or 5 or 15 or 60 ? minutes.Value : 5,
            Dimensions = request.Query.Where(pair => pair.Key.StartsWith("d.", StringComparison.Ordinal) && pair.Value.ToString().Length > 0).ToDictionary(pair => pair.Key[2..], pair => pair.Value.ToString()),
        }));

        routes.MapGet("/alerts", () => new RazorComponentResult<AlertsPage>());
        routes.MapGet("/runbooks/{page}", (string page) => Runbook(page.EndsWith(".md", StringComparison.Ordinal) ? page[..^3] : page) is { } text ? Page<RunbookPage>(new { Text = text }) : Results.NotFound());

        routes.MapGet("/language/{tag}", (string tag, string? to, HttpResponse response) =>
        {
            if (!Words.Languages.Contains(tag)) return Results.NotFound();
            response.Cookies.Append(Words.Cookie, tag, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365) });
            return to is ['/', ..] && !to.StartsWith("//", StringComparison.Ordinal) && !to.Contains('\\') ? Results.LocalRedirect($"~{to}") : Results.LocalRedirect("~/");
        });
        MapAsset(routes, "dashboard.css", "text/css; charset=utf-8");
        MapAsset(routes, "icon.svg", "image/svg+xml");
        MapAsset(routes, "dashboard.js", "text/javascript; charset=utf-8");

        // For tools and tests.
        routes.MapGet("/api/resources", (IRunningResources running) => running.All);
        routes.MapGet("/api/alerts", (AlertWatch watch) => watch.States);
        routes.MapPost("/api/resources/{name}/{command}", async (string name, string command, IRunningResources running) =>
            await running.CommandAsync(name, command) ? Results.NoContent() : Results.NotFound());
    }

    public static UInt128? ParseTrace(string? hex) =>
        hex is { Length: 32 } && UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static string? Runbook(string page)
    {
        using var file = typeof(PageRoutes).Assembly.GetManifestResourceStream($"runbooks/{page}");
        return file is null ? null : new StreamReader(file).ReadToEnd();
    }

    private static ulong? ParseSpan(string? hex) => ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static void MapAsset(IEndpointRouteBuilder routes, string name, string type) =>
        routes.MapGet($"/assets/{name}", () => Results.Stream(typeof(PageRoutes).Assembly.GetManifestResourceStream(name)!, type));

    private static IResult Page<T>(object parameters)
        where T : Microsoft.AspNetCore.Components.IComponent => new RazorComponentResult<T>(parameters);
}
