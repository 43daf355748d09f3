using System.Buffers.Text;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// An answer that is the same for everybody who reads the language: caches may keep it for a while, and who has it already hears 304 (RFC 9110 §13, RFC 9111).
/// </summary>
/// <typeparam name="T">What is answered.</typeparam>
/// <param name="value">The answer.</param>
/// <param name="maxAge">How long it may be kept.</param>
public sealed class PublicAnswer<T>(T value, TimeSpan maxAge) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    /// <inheritdoc />
    public int? StatusCode => StatusCodes.Status200OK;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return PublicText.WriteAsync(httpContext, JsonSerializer.SerializeToUtf8Bytes(value, json), "application/json; charset=utf-8", maxAge);
    }

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified, typeof(void)));
    }
}

/// <summary>The same for an answer that is a text of its own form, for example a feed. The endpoint names the form with <c>Produces</c>.</summary>
/// <param name="text">The answer.</param>
/// <param name="mediaType">Its form, for example <c>application/atom+xml</c>; it travels as UTF-8.</param>
/// <param name="maxAge">How long it may be kept.</param>
public sealed class PublicText(string text, string mediaType, TimeSpan maxAge) : IResult, IStatusCodeHttpResult
{
    private const int TagBytes = 16;

    /// <inheritdoc />
    public int? StatusCode => StatusCodes.Status200OK;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, Encoding.UTF8.GetBytes(text), $"{mediaType}; charset=utf-8", maxAge);

    internal static async Task WriteAsync(HttpContext httpContext, byte[] body, string contentType, TimeSpan maxAge)
    {
        var tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(body).AsSpan(0, TagBytes))}\"");

        var (request, response) = (httpContext.Request.GetTypedHeaders(), httpContext.Response);
        response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = maxAge };
        response.GetTypedHeaders().ETag = tag;
        response.Headers.Vary = HeaderNames.AcceptLanguage;
        if (request.IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.Headers.ContentLanguage = CultureInfo.CurrentUICulture.Name;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
