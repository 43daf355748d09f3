using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace SmartCity.ServiceDefaults;

/// <summary>The OpenAPI 3.1 document at <c>/{service}/openapi/v1.json</c>: every operation names who may call it and that refusals are RFC 9457 problems.</summary>
internal static class OpenApiDefaults
{
    private const string Bearer = "bearer";

    private static readonly OpenApiParameter IdempotencyKeyHeader = new()
    {
        Name = IdempotencyKey.Header,
        In = ParameterLocation.Header,
        Required = true,
        Description = "A UUID made by the client, new for every new write; the same again when the write is repeated.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
    };

    public static void AddOpenApiDefaults(this WebApplicationBuilder builder, string service) => builder.Services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = $"SmartCity {service}", Version = "v1", Description = "Errors are RFC 9457 problems with a stable member \"code\"; texts follow Accept-Language (zh-CN, en)." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "An access token from /identity/connect/token.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
    });

    public static void MapOpenApiDefaults(this WebApplication app) =>
        app.MapOpenApi($"/{app.Services.GetRequiredService<ServiceName>().Value}/openapi/{{documentName}}.json").AllowEveryone();

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), parameterDescription: null, cancellationToken);
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A refusal: an RFC 9457 problem with a stable code.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = problem } },
        };

        // The framework does not document parameters that bind themselves.
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().Any(handler => handler.GetParameters().Any(parameter => parameter.ParameterType == typeof(IdempotencyKey))))
        {
            operation.Parameters = [.. operation.Parameters ?? [], IdempotencyKeyHeader];
        }

        var rule = context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault();
        if (rule is null or { Everyone: true }) return;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        var who = rule.Scope is { } scope ? $"services with the scope {scope}" : string.Join(", ", rule.Roles);
        operation.Description = $"{operation.Description}\n\nWho may call: {who}.".Trim();
    }
}
