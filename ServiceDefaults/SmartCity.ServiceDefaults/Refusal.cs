using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// An expected "no", as a value: answered as an RFC 9457 problem with a stable code, in the caller's language. Its texts are the resources
/// <c>code</c> (title) and <c>code.detail</c> (what to do next), in the service's <c>Resources/Problems.resx</c> and its <c>zh-CN</c> sister.
/// </summary>
/// <param name="Code">Stable, lower case with underscores, listed in the service's README.</param>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Field">The member of the request that is wrong, as a path (<c>stays[2].from</c>); null where it is not about one.</param>
/// <param name="Arguments">Values for the placeholders of the detail.</param>
public sealed record Refusal(string Code, int Status, string? Field = null, params object[] Arguments) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    /// <summary>The request as such is wrong: 400.</summary>
    public static Refusal Invalid(string code, string? field = null, params object[] arguments) => new(code, StatusCodes.Status400BadRequest, field, arguments);

    /// <summary>The caller may not do this: 403.</summary>
    public static Refusal Forbidden(string code = "forbidden") => new(code, StatusCodes.Status403Forbidden);

    /// <summary>There is no such thing, or the caller may not know of it: 404.</summary>
    public static Refusal NotFound(string code = "not_found") => new(code, StatusCodes.Status404NotFound);

    /// <summary>The state of things does not allow it: 409.</summary>
    public static Refusal Conflict(string code, string? field = null, params object[] arguments) => new(code, StatusCodes.Status409Conflict, field, arguments);

    /// <summary>Cannot be answered now, may be tried again: 503.</summary>
    public static Refusal Unavailable(string code) => new(code, StatusCodes.Status503ServiceUnavailable);

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(httpContext, [this]);

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ProblemDetails), ["application/problem+json"]));

    /// <summary>The same refusal for gRPC: the nearest status code, and the stable code in the detail and the trailer <c>problem-code</c>.</summary>
    public RpcException ToRpcException() => new(new Status(GrpcStatus, Code), new Metadata { { "problem-code", Code } });

    private StatusCode GrpcStatus => Status switch
    {
        StatusCodes.Status400BadRequest => StatusCode.InvalidArgument,
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status409Conflict => StatusCode.FailedPrecondition,
        StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}

/// <summary>Several refusals of one request, for example of several fields of a form: one problem that names all, with the status of the first.</summary>
/// <param name="All">At least one.</param>
public sealed record Refusals(IReadOnlyList<Refusal> All) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    int? IStatusCodeHttpResult.StatusCode => All[0].Status;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(httpContext, All);

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Refusal.PopulateMetadata(method, builder);
}
