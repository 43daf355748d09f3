using SmartCity.ServiceDefaults;

namespace SmartCity.Gateway;

/// <summary>The combined API page: every service's OpenAPI document on one page, at <c>/api</c>.</summary>
internal static class ApiPage
{
    public const string Path = "/api";

    /// <summary>Only there: its own look at the path is dearer than the proxy's.</summary>
    public static void UseApiPage(this WebApplication app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments(Path),
        there => there.UseSwaggerUI(page =>
        {
            page.RoutePrefix = Path.TrimStart('/');
            page.DocumentTitle = "SmartCity API";
            var services = app.Services.GetRequiredService<PolicyBook>().InForce.Services;
            foreach (var service in services.Where(service => service.Value.Api).Select(service => service.Key)) page.SwaggerEndpoint($"/{service}/openapi/v1.json", service);
        }));
}
