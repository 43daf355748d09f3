using System.Collections.Concurrent;
using System.Diagnostics;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.Gateway;

/// <summary>An answer: when it was asked for and came, in seconds of the run, and its status; 0 where none came.</summary>
internal readonly record struct Seen(double Asked, double Came, int Status)
{
    public double Milliseconds => (Came - Asked) * 1000;
}

/// <summary>Many people with tokens, in a closed loop (each asks again when answered) or an open one (they come whether or not others were answered).</summary>
internal sealed class Load : IDisposable
{
    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null, PooledConnectionLifetime = Timeout.InfiniteTimeSpan });
    private readonly string[] tokens = [.. Enumerable.Range(0, 500).Select(_ => $"Bearer {TestTokens.Person(Guid.CreateVersion7(), "gateway", "citizen")}")];
    private readonly long start = Stopwatch.GetTimestamp();
    private int next;

    private double Now => Stopwatch.GetElapsedTime(start).TotalSeconds;

    public async Task<List<Seen>> ClosedAsync(Uri address, int clients, TimeSpan length)
    {
        var (ends, seen) = (Now + length.TotalSeconds, new ConcurrentBag<List<Seen>>());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var own = new List<Seen>();
            while (Now < ends)
            {
                var one = await AskAsync(address);
                own.Add(one);
                // Who is turned away waits a little, or the closed loop would be no measure of what is given.
                if (one.Status != 200) await Task.Delay(20);
            }

            seen.Add(own);
        })));
        return [.. seen.SelectMany(own => own)];
    }

    public async Task<List<Seen>> OpenAsync(Uri address, double perSecond, TimeSpan length)
    {
        var (began, asked, running) = (Now, 0, new List<Task<Seen>>());
        while (Now - began < length.TotalSeconds)
        {
            for (var due = (int)((Now - began) * perSecond); asked < due; asked++) running.Add(AskAsync(address));
            await Task.Delay(1);
        }

        return [.. await Task.WhenAll(running)];
    }

    public void Dispose() => http.Dispose();

    private async Task<Seen> AskAsync(Uri address)
    {
        var asked = Now;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Authorization", tokens[(uint)Interlocked.Increment(ref next) % tokens.Length]);
            using var answer = await http.SendAsync(request, CancellationToken.None);
            await answer.Content.CopyToAsync(Stream.Null);
            return new Seen(asked, Now, (int)answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            return new Seen(asked, Now, 0);
        }
    }
}
