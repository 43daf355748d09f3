using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.Gateway.Limits;

/// <summary>All callers' buckets, by quota. A caller is a number that says nothing about the person. There are never more buckets than memory bears.</summary>
internal sealed class Buckets
{
    private const int MostPerQuota = 200_000;

    private static readonly long Start = TimeProvider.System.GetTimestamp();

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<ulong, Bucket>> quotas = new();
    private readonly ConcurrentQueue<(string Quota, ulong Caller)> spoken = new();

    /// <summary>Whether there is somebody who tells the others; else nothing is kept for them.</summary>
    public bool Shared { get; set; }

    /// <summary>What this gateway may spend before it hears from the others; 1 while it is alone.</summary>
    public double Share { get; set; } = 1;

    /// <summary>Grows whenever all others have told.</summary>
    public long News { get; set; }

    /// <summary>Part of every quota that is given out here: less than 1 only where others exist and cannot be heard.</summary>
    public double Portion { get; set; } = 1;

    private static double Now => TimeProvider.System.GetElapsedTime(Start).TotalSeconds;

    /// <summary>The number of a caller: the same in every gateway.</summary>
    public static ulong CallerOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    public Taken Take(string name, Quota quota, ulong caller, int cost)
    {
        var taken = Of(name, caller).Take(Part(quota), cost, Now, Share, News, Shared);
        if (taken.First) spoken.Enqueue((name, caller));
        return taken;
    }

    /// <summary>What was used here since the last time, for the others.</summary>
    public IEnumerable<(string Quota, ulong Caller, int Tokens)> Untold()
    {
        for (var left = spoken.Count; left > 0 && spoken.TryDequeue(out var entry); left--)
            if (quotas.TryGetValue(entry.Quota, out var buckets) && buckets.TryGetValue(entry.Caller, out var bucket) && bucket.Untold() is > 0 and var tokens)
                yield return (entry.Quota, entry.Caller, tokens);
    }

    public void TakenElsewhere(string name, Quota quota, ulong caller, int tokens) => Of(name, caller).TakenElsewhere(Part(quota), tokens, Now);

    /// <summary>Forgets buckets that are full, and quotas that no longer exist.</summary>
    public void Sweep(Policy policy)
    {
        foreach (var (name, buckets) in quotas)
        {
            if (!policy.Quotas.TryGetValue(name, out var quota))
            {
                quotas.TryRemove(name, out _);
                continue;
            }

            foreach (var (caller, bucket) in buckets)
                if (bucket.IsFull(quota, Now)) buckets.TryRemove(caller, out _);
        }
    }

    private Quota Part(Quota quota) => Portion == 1 ? quota : new Quota { PerSecond = quota.PerSecond * Portion, Burst = Math.Max(1, (int)(quota.Burst * Portion)) };

    private Bucket Of(string name, ulong caller)
    {
        var buckets = quotas.GetOrAdd(name, static _ => new());
        if (buckets.TryGetValue(caller, out var known)) return known;
        // Beyond the bound, newcomers share buckets: an attack with many names limits itself, and the known are not touched.
        return buckets.GetOrAdd(buckets.Count < MostPerQuota ? caller : caller % 1024, static _ => new());
    }
}
