using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SmartCity.ServiceDefaults;

/// <summary>What every service of the city has: one call before and one after <c>Build()</c>.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds telemetry, health, authentication and access, problem details in the caller's language, gRPC, OpenAPI, the city's clock and bounded request sizes.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="service">The service's name: its path prefix, the audience of tokens for it and its client id, for example <c>health-code</c>.</param>
    /// <param name="resources">The assembly whose <c>Resources/Problems.resx</c> holds the texts of the service's own problem codes.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service, Assembly resources)
    {
        builder.Services.AddSingleton(new ServiceName(service));
        builder.Services.TryAddSingleton(CityClock.From(builder.Configuration));
        builder.Services.Configure<JsonOptions>(json => Configure(json.SerializerOptions));

        builder.ConfigureEndpoints();
        builder.AddTelemetry(service);
        builder.AddAccess(service);
        builder.AddProblems(resources);
        builder.AddGrpcDefaults();
        builder.AddOpenApiDefaults(service);
        builder.Services.AddHealthChecks();
        builder.Services.AddHealthMetrics();
        return builder;
    }

    /// <summary>Puts the shared middleware in its order and maps health and the OpenAPI document. Call before mapping the service's own endpoints.</summary>
    /// <param name="app">The application.</param>
    /// <param name="authentication">Takes the place of plain authentication where something comes before it that knows the endpoint but not yet the caller.</param>
    public static WebApplication UseServiceDefaults(this WebApplication app, Action? authentication = null)
    {
        app.UseMetricsPort();
        app.UseRequestSpans();
        app.UseRequestLanguage();
        app.UseProblems();
        app.UseRouting();
        if (authentication is null) app.UseAuthentication();
        else authentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapOpenApiDefaults();
        return app;
    }

    /// <summary>The group of the service's public endpoints, <c>/{service}/v1</c>: requests are validated before a handler sees them.</summary>
    public static RouteGroupBuilder MapFeatures(this WebApplication app) =>
        app.MapGroup($"/{app.Services.GetRequiredService<ServiceName>().Value}/v1").AddEndpointFilterFactory(RequestValidation.Create);

    /// <summary>How JSON is read and written everywhere: camel case, enums as words, required means required, null only where it is allowed.</summary>
    public static void Configure(JsonSerializerOptions json)
    {
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.AllowDuplicateProperties = false;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.MaxDepth = 16;
    }
}

/// <summary>The name of the running service.</summary>
internal sealed record ServiceName(string Value);
