using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SmartCity.ServiceDefaults;

/// <summary>The OpenAPI 3.1 document at <c>/{service}/openapi/v1.json</c>: every operation names who may call it and that refusals are RFC 9457 problems.</summary>
public static class OpenApiDefaults
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

    /// <summary>Shows in the OpenAPI document what a caller sends and gets. Both are written as the endpoint itself reads and writes them.</summary>
    /// <param name="endpoint">The operation.</param>
    /// <param name="request">A body as a caller would send it; null where there is none.</param>
    /// <param name="answer">The body of a success; null where there is none. A string is shown as it is, for answers that are not JSON.</param>
    public static TBuilder WithExample<TBuilder>(this TBuilder endpoint, object? request = null, object? answer = null) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new OperationExample(request, answer));

    internal static void AddOpenApiDefaults(this WebApplicationBuilder builder, string service) => builder.Services.AddOpenApi("v1", options =>
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

    internal static void MapOpenApiDefaults(this WebApplication app) =>
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

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<OperationExample>().LastOrDefault() is { } example)
        {
            Show(example, operation, context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
        }

        var rule = context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault();
        if (rule is null or { Everyone: true }) return;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        var who = rule.Scope is { } scope ? $"services with the scope {scope}" : string.Join(", ", rule.Roles);
        operation.Description = $"{operation.Description}\n\nWho may call: {who}.".Trim();
    }

    private static void Show(OperationExample example, OpenApiOperation operation, JsonSerializerOptions json)
    {
        if (example.Request is { } request) Show(request, operation.RequestBody?.Content, json);
        if (example.Answer is not { } answer) return;
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status.StartsWith('2')) Show(answer, response.Content, json);
        }
    }

    private static void Show(object body, IDictionary<string, OpenApiMediaType>? content, JsonSerializerOptions json)
    {
        foreach (var media in content?.Values ?? [])
        {
            media.Example = body is string text ? JsonValue.Create(text) : JsonSerializer.SerializeToNode(body, json);
        }
    }

    private sealed record OperationExample(object? Request, object? Answer);
}
