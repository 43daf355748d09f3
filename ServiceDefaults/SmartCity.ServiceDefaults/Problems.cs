using System.Data.Common;
using System.Reflection;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.ServiceDefaults;

/// <summary>Whatever goes wrong, the answer is a problem with a code; faults of ours say nothing about their inside.</summary>
internal static class Problems
{
    public static void AddProblems(this WebApplicationBuilder builder, Assembly resources)
    {
        builder.Services.AddSingleton(new ProblemWriter(resources, typeof(Problems).Assembly));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.AddProblemDetails();
    }

    public static void UseProblems(this WebApplication app)
    {
        // Expected refusals are Information at most; the handler's own Error log stays for faults of ours.
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = context => ExceptionProblems.Expected(context.Exception) is not null });
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext, FromStatus(context.HttpContext.Response.StatusCode)));
    }

    private static Task WriteAsync(HttpContext context, Refusal refusal) => context.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(context, [refusal]);

    private static Refusal FromStatus(int status) => new(
        status switch
        {
            StatusCodes.Status401Unauthorized => "unauthenticated",
            StatusCodes.Status403Forbidden => "forbidden",
            StatusCodes.Status404NotFound => "not_found",
            StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
            StatusCodes.Status406NotAcceptable => "not_acceptable",
            StatusCodes.Status413PayloadTooLarge => "body_too_large",
            StatusCodes.Status415UnsupportedMediaType => "media_type_unsupported",
            StatusCodes.Status429TooManyRequests => "too_many_requests",
            StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout => "temporarily_unavailable",
            >= 500 => "internal_error",
            _ => "request_invalid",
        },
        status);

    /// <summary>Turns the exceptions that have a known meaning into refusals; everything else is a fault of ours.</summary>
    private sealed class ExceptionProblems : IExceptionHandler
    {
        private const string UniqueViolation = "23505";
        private const string SerializationFailure = "40001";
        private const string DeadlockDetected = "40P01";
        private const string CharacterNotInRepertoire = "22021";

        public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            // Nobody is there any more to read an answer, whatever the interruption looks like from inside.
            if (context.RequestAborted.IsCancellationRequested)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            await WriteAsync(context, Expected(exception) ?? new Refusal("internal_error", StatusCodes.Status500InternalServerError));
            return true;
        }

        public static Refusal? Expected(Exception exception) => exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Refusal("body_too_large", StatusCodes.Status413PayloadTooLarge),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType),
            BadHttpRequestException { InnerException: JsonException json } => Refusal.Invalid("body_malformed", Field(json)),
            IdempotencyKey.MissingKeyException => Refusal.Invalid("idempotency_key_missing", IdempotencyKey.Header),
            BadHttpRequestException bad => new Refusal("request_malformed", bad.StatusCode, Parameter(bad)),
            DbUpdateConcurrencyException => Refusal.Conflict("conflict_retry"),
            DbException { SqlState: UniqueViolation or SerializationFailure or DeadlockDetected } => Refusal.Conflict("conflict_retry"),
            // PostgreSQL keeps every text but one that holds U+0000.
            DbException { SqlState: CharacterNotInRepertoire } => Refusal.Invalid("character_invalid"),
            DbException { IsTransient: true } => Refusal.Unavailable("temporarily_unavailable"),
            RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => Refusal.Unavailable("dependency_unavailable"),
            // EF and its retries wrap what the database said.
            { InnerException: { } inner } when exception is DbUpdateException or InvalidOperationException => Expected(inner),
            _ => null,
        };

        /// <summary>
        /// The member that the reader stumbled over: <c>$.stays[0].from</c> is <c>stays[0].from</c>, <c>$[0].from</c> is <c>[0].from</c>;
        /// a missing one is named only in the message.
        /// </summary>
        private static string? Field(JsonException json)
        {
            if (json.Message.Contains("missing required properties", StringComparison.Ordinal)) return json.Message.Split('\'')[^2];
            return json.Path is { Length: > 1 } path ? path[1..].TrimStart('.') : null;
        }

        /// <summary>The framework names it first and in double quotes, with its type and as C# writes it; what the caller sent comes after that.</summary>
        private static string? Parameter(BadHttpRequestException bad) => bad.Message.Split('"') is [_, var parameter, _, ..] ? JsonNamingPolicy.CamelCase.ConvertName(parameter.Split(' ')[^1]) : null;
    }
}
