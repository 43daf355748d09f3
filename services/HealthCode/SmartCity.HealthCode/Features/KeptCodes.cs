using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>A signed code as it was last answered, ready to be sent.</summary>
/// <param name="Citizen">Whose.</param>
/// <param name="Color">The colour.</param>
/// <param name="ColorUntil">Until when it stands if nothing new becomes known.</param>
/// <param name="ReadAt">When it was read from the records.</param>
/// <param name="SignedAt">When it was signed: later than read, where the records could not be reached.</param>
/// <param name="Credential">What was signed.</param>
/// <param name="Body">The answer.</param>
/// <param name="Tag">Its entity tag.</param>
internal sealed record KeptCode(
    CitizenId Citizen, CodeColor Color, DateTimeOffset ColorUntil, DateTimeOffset ReadAt, DateTimeOffset SignedAt, IssueCredential.Credential Credential,
    byte[] Body, string Tag);

/// <summary>
/// The codes that were shown last, so that a person who looks again within seconds costs neither database nor signature, and still sees their code,
/// with its age, while the database is away. A token that passed all checks once is known again by its exact text until it ends, as a signature
/// that was verified once need not be verified again. People who act for others are not kept here: each of their looks is recorded.
/// </summary>
internal sealed class KeptCodes(IOptions<CredentialSettings> settings, TimeProvider clock)
{
    public const string Path = "/health-code/v1/me/credential";

    private readonly Recent<Guid, KeptCode> ofAccounts = new(settings.Value.KeptCodes);
    private readonly Recent<string, (Guid Account, DateTimeOffset Ends)> tokens = new(settings.Value.KeptCodes);

    /// <summary>The code last shown to the account, however old.</summary>
    public KeptCode? LastOf(Guid account) => ofAccounts.TryGet(account, out var kept) ? kept : null;

    public bool IsFresh(KeptCode kept, DateTimeOffset now) => (now - kept.SignedAt).Duration() < settings.Value.KeepFor;

    public void Keep(Guid account, KeptCode code) => ofAccounts.Set(account, code);

    /// <summary>The request's token is good: it need not be looked at again while the code is fresh.</summary>
    public void Remember(HttpContext http, Guid account)
    {
        if (!long.TryParse(http.User.FindFirst("exp")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var ends)) return;
        tokens.Set(http.Request.Headers.Authorization.ToString(), (account, DateTimeOffset.FromUnixTimeSeconds(ends)));
    }

    /// <summary>Forgets a person who is no longer known.</summary>
    public void Forget(Guid account) => ofAccounts.Remove(account);

    /// <summary>Answers what is at hand, and leaves all other requests to the rest of the service.</summary>
    public Task ShowAsync(HttpContext http, RequestDelegate next) =>
        HttpMethods.IsGet(http.Request.Method) && http.Request.Path.Value == Path
        && http.Request.Headers.Authorization is [{ } authorization] && tokens.TryGet(authorization, out var known)
        // Tokens live in real time.
        && TimeProvider.System.GetUtcNow() < known.Ends
        && ofAccounts.TryGet(known.Account, out var kept) && IsFresh(kept, clock.GetUtcNow())
            ? WriteAsync(http, kept, clock.GetUtcNow())
            : next(http);

    /// <summary>Sends the code, or says that the client has it.</summary>
    public static Task WriteAsync(HttpContext http, KeptCode kept, DateTimeOffset now)
    {
        var (response, headers) = (http.Response, http.Response.Headers);
        headers.ETag = kept.Tag;
        headers.CacheControl = "private, no-cache";
        headers.Vary = "Authorization";
        headers.Age = Math.Max(0, (long)(now - kept.ReadAt).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (http.Request.Headers.IfNoneMatch == kept.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        headers.ContentType = "application/json; charset=utf-8";
        response.ContentLength = kept.Body.Length;
        return response.Body.WriteAsync(kept.Body, http.RequestAborted).AsTask();
    }

    /// <summary>A bounded memory: when a generation is full it becomes the old one, and what is not asked again in the next is forgotten.</summary>
    private sealed class Recent<TKey, TValue>(int most)
        where TKey : notnull
    {
        private readonly int generation = Math.Max(1, most / 2);
        private ConcurrentDictionary<TKey, TValue> young = new();
        private ConcurrentDictionary<TKey, TValue> old = new();
        private int count;

        public bool TryGet(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value)
        {
            if (young.TryGetValue(key, out value)) return true;
            if (!old.TryGetValue(key, out value)) return false;
            Set(key, value);
            return true;
        }

        public void Set(TKey key, TValue value)
        {
            var current = young;
            if (!current.TryAdd(key, value))
            {
                current[key] = value;
                return;
            }

            if (Interlocked.Increment(ref count) < generation) return;
            Interlocked.Exchange(ref count, 0);
            old = Interlocked.Exchange(ref young, new ConcurrentDictionary<TKey, TValue>());
        }

        public void Remove(TKey key)
        {
            young.TryRemove(key, out _);
            old.TryRemove(key, out _);
        }
    }
}

/// <summary>Puts the kept codes before everything else.</summary>
internal static class KeptCodesExtensions
{
    public static void UseKeptCodes(this WebApplication app)
    {
        var kept = app.Services.GetRequiredService<KeptCodes>();
        app.Use(next => http => kept.ShowAsync(http, next));
    }
}
