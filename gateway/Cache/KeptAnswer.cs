using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SmartCity.Gateway.Cache;

/// <summary>An answer that is the same for everybody, as it went over the wire, with a validator and its age.</summary>
internal sealed class KeptAnswer
{
    private static readonly HashSet<string> NotKept = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.Connection, HeaderNames.Date, HeaderNames.Server, HeaderNames.Age,
        HeaderNames.RetryAfter, "RateLimit", "RateLimit-Policy", "Trace-Id",
    };

    private readonly KeyValuePair<string, StringValues>[] headers;
    private readonly byte[] body;
    private readonly string tag;
    private readonly long maxAge;
    private long keptAt;

    private KeptAnswer(IHeaderDictionary answered, byte[] body, TimeSpan maxAge)
    {
        ServicesTag = answered.ETag;
        this.body = body;
        // Other bytes for the same content: a strong validator would lie.
        if (answered.ContentEncoding.Count > 0 && ServicesTag is { } strong && !strong.StartsWith("W/", StringComparison.Ordinal)) answered.ETag = $"W/{strong}";
        if (answered.ETag.Count == 0) answered.ETag = $"\"{Base64Url.EncodeToString(SHA256.HashData(this.body).AsSpan(0, 16))}\"";
        var vary = string.Join(", ", answered.GetCommaSeparatedValues(HeaderNames.Vary).Append(HeaderNames.AcceptEncoding).Distinct(StringComparer.OrdinalIgnoreCase));
        answered.Vary = vary;
        tag = answered.ETag!;
        headers = [.. answered.Where(header => !NotKept.Contains(header.Key))];
        (this.maxAge, keptAt) = ((long)maxAge.TotalMilliseconds, Environment.TickCount64);
    }

    /// <summary>The validator by which the service itself knows the answer; null where it gave none.</summary>
    public string? ServicesTag { get; }

    public bool IsFresh => Environment.TickCount64 - keptAt < maxAge;

    public int Size => body.Length + 1024;

    /// <summary>Null for an answer that is not public, or varies by more than language and form.</summary>
    public static KeptAnswer? Of(HttpResponse answer, byte[] body) =>
        MayBeKept(answer, out var maxAge) ? new KeptAnswer(answer.Headers, body, maxAge) : null;

    public static bool MayBeKept(HttpResponse answer, out TimeSpan maxAge)
    {
        maxAge = default;
        if (answer.StatusCode != StatusCodes.Status200OK || answer.Headers.SetCookie.Count > 0 || answer.Headers.CacheControl.Count == 0) return false;
        if (!CacheControlHeaderValue.TryParse(answer.Headers.CacheControl.ToString(), out var control) || control is not { Public: true, NoStore: false, MaxAge: { } age } || age <= TimeSpan.Zero) return false;
        maxAge = control.SharedMaxAge ?? age;
        return Array.TrueForAll(answer.Headers.GetCommaSeparatedValues(HeaderNames.Vary), name =>
            name.Equals(HeaderNames.AcceptLanguage, StringComparison.OrdinalIgnoreCase) || name.Equals(HeaderNames.Accept, StringComparison.OrdinalIgnoreCase)
            || name.Equals(HeaderNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The service says that it is still right.</summary>
    public void Renew() => keptAt = Environment.TickCount64;

    /// <summary>Writes it, or 304 to who has it already.</summary>
    /// <param name="context">The request.</param>
    /// <param name="known">What the caller has (<c>If-None-Match</c>).</param>
    public Task WriteAsync(HttpContext context, StringValues known)
    {
        var response = context.Response;
        foreach (var (name, value) in headers) response.Headers[name] = value;
        response.Headers.Age = ((Environment.TickCount64 - keptAt) / 1000).ToString(CultureInfo.InvariantCulture);
        if (Has(known))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.Headers.Remove(HeaderNames.ContentEncoding);
            response.Headers.Remove(HeaderNames.ContentType);
            return Task.CompletedTask;
        }

        response.StatusCode = StatusCodes.Status200OK;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private bool Has(StringValues known)
    {
        if (known.Count == 0) return false;
        if (known == tag) return true;
        if (!EntityTagHeaderValue.TryParseList(known, out var tags)) return false;
        var own = EntityTagHeaderValue.Parse(tag);
        return tags.Any(one => one == EntityTagHeaderValue.Any || one.Compare(own, useStrongComparison: false));
    }
}
