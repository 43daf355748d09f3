using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SmartCity.Gateway.Limits;

namespace SmartCity.Gateway.Cache;

/// <summary>
/// Keeps answers to GET that the service itself calls <c>public</c> with a <c>max-age</c> (RFC 9111), once per language, form and compression. However many ask at once,
/// the service is asked once; while an old answer is being renewed, everybody else gets it as it is (RFC 5861). When the service is full or fails, the old answer is given
/// for an hour: public information does not end with the service that made it. <c>Age</c> says how old it is.
/// </summary>
internal sealed class PublicCache(RequestDelegate next, ServiceGates gates)
{
    private const int MostAccept = 200;

    private static readonly TimeSpan KeptWhenOld = TimeSpan.FromHours(1);

    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = 64 * 1024 * 1024 });
    private readonly ConcurrentDictionary<string, TaskCompletionSource> fetching = new();

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || Passage.Of(context) is not { Rule.Lasts: false } passage || request.Headers.Range.Count > 0 || request.Headers.Accept.ToString().Length > MostAccept)
        {
            await next(context);
            return;
        }

        var encoding = Encoding(request.Headers.AcceptEncoding.ToString());
        var key = $"{request.Path.Value}{request.QueryString.Value}\n{CultureInfo.CurrentUICulture.Name}\n{request.Headers.Accept}\n{encoding}";
        var known = request.Headers.IfNoneMatch;
        var isAnonymous = request.Headers.Authorization.Count == 0 && request.Headers.Cookie.Count == 0;

        for (var waited = false; ; waited = true)
        {
            var old = kept.Get<KeptAnswer>(key);
            if (old is { IsFresh: true })
            {
                passage.Outcome = "kept";
                await old.WriteAsync(context, known);
                return;
            }

            // What is not known to be public belongs to one caller, who waits for nobody.
            if (old is null && !isAnonymous)
            {
                await FetchAsync(context, key, encoding, known, old: null);
                return;
            }

            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var other = fetching.GetOrAdd(key, mine);
            if (other == mine)
            {
                try
                {
                    await RenewAsync(context, passage, key, encoding, known, old);
                }
                finally
                {
                    fetching.TryRemove(key, out _);
                    mine.TrySetResult();
                }

                return;
            }

            if (old is not null)
            {
                await OldAsync(context, passage, old, known);
                return;
            }

            // It turned out not to be public, or the other failed: everybody for themselves.
            if (waited)
            {
                await FetchAsync(context, key, encoding, known, old: null);
                return;
            }

            await other.Task.WaitAsync(context.RequestAborted);
        }
    }

    private Task RenewAsync(HttpContext context, Passage passage, string key, string encoding, StringValues known, KeptAnswer? old) =>
        old is not null && gates.Of(passage.Rule.Service).IsFullFor(passage.Rule.Class)
            ? OldAsync(context, passage, old, known)
            : FetchAsync(context, key, encoding, known, old);

    private async Task FetchAsync(HttpContext context, string key, string encoding, StringValues known, KeptAnswer? old)
    {
        var (request, response) = (context.Request, context.Response);
        request.Headers.AcceptEncoding = encoding.Length == 0 ? StringValues.Empty : encoding;
        if (old is not null) request.Headers.IfNoneMatch = old.ServicesTag;
        else if (request.Headers.Authorization.Count == 0 && request.Headers.Cookie.Count == 0) request.Headers.Remove(HeaderNames.IfNoneMatch);

        var outward = response.Body;
        var capture = new Capture(response, outward, all: old is not null);
        response.Body = capture;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (old is not null && !context.RequestAborted.IsCancellationRequested)
        {
            response.StatusCode = StatusCodes.Status504GatewayTimeout;
        }
        finally
        {
            response.Body = outward;
        }

        if (response.HasStarted || capture.Body is not { } body) return;
        if (old is not null && response.StatusCode == StatusCodes.Status304NotModified)
        {
            old.Renew();
            Keep(key, old);
            response.Clear();
            await old.WriteAsync(context, known);
        }
        else if (old is not null && response.StatusCode is StatusCodes.Status429TooManyRequests or >= 500)
        {
            response.Clear();
            await OldAsync(context, Passage.Of(context)!, old!, known);
        }
        else if (KeptAnswer.Of(response, body) is { } answer)
        {
            Keep(key, answer);
            await answer.WriteAsync(context, known);
        }
        else
        {
            kept.Remove(key);
            if (body.Length > 0) await outward.WriteAsync(body, context.RequestAborted);
        }
    }

    private void Keep(string key, KeptAnswer answer) => kept.Set(key, answer, new MemoryCacheEntryOptions { Size = answer.Size + (2 * key.Length), AbsoluteExpirationRelativeToNow = KeptWhenOld });

    private static Task OldAsync(HttpContext context, Passage passage, KeptAnswer old, StringValues known)
    {
        passage.Outcome = "kept_old";
        return old.WriteAsync(context, known);
    }

    /// <summary>The best of what the caller reads, so that there are three forms of an answer and not as many as there are browsers.</summary>
    private static string Encoding(string accepted) =>
        Accepts(accepted, "br") ? "br" : Accepts(accepted, "gzip") ? "gzip" : "";

    private static bool Accepts(string accepted, string encoding)
    {
        var at = accepted.IndexOf(encoding, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return false;
        var rest = accepted.AsSpan(at + encoding.Length).TrimStart();
        return !(rest.StartsWith(";") && rest[1..].TrimStart().StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && rest.IndexOfAnyInRange('1', '9') is < 0 or > 8);
    }
}
