using System.Collections.Concurrent;
using SmartCity.Portal.Calls;

namespace SmartCity.Portal.Session;

/// <summary>
/// A refresh token works once, and a browser asks for several things at the same moment with the same cookie: they share one renewal, and so do those that come
/// seconds later because the answer with the new cookie was never read.
/// </summary>
internal sealed class Renewals(IServiceScopeFactory scopes)
{
    private const int MostKept = 10_000;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Renewal> renewals = new();

    public Task<Answer<Tokens>> RenewAsync(string refreshToken)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (renewals.Count > MostKept / 2) Forget();
        // Not cancelled with the request: the token is spent, and whoever shares the renewal waits for it.
        var renewal = renewals.GetOrAdd(refreshToken, token => new Renewal(now, new Lazy<Task<Answer<Tokens>>>(() => AskAsync(token))));
        return renewal.Answer.Value;
    }

    private async Task<Answer<Tokens>> AskAsync(string refreshToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<SignInCalls>().RefreshAsync(refreshToken, CancellationToken.None);
        // What failed for a passing reason is tried again by the next request.
        if (answer.Problem is { Status: >= 500 }) renewals.TryRemove(refreshToken, out _);
        return answer;
    }

    private void Forget()
    {
        foreach (var (token, renewal) in renewals)
        {
            if (TimeProvider.System.GetElapsedTime(renewal.Since) > Kept) renewals.TryRemove(token, out _);
        }
    }

    private sealed record Renewal(long Since, Lazy<Task<Answer<Tokens>>> Answer);
}
