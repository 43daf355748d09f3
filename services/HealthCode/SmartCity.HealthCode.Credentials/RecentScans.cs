using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace SmartCity.HealthCode.Credentials;

/// <summary>
/// Remembers results of recent scans by their exact text, bounded: when a generation is full it becomes the old one, and what is not asked
/// again in the next generation is forgotten.
/// </summary>
internal sealed class RecentScans<T>(int generation = 10_000)
{
    private ConcurrentDictionary<string, T> _young = Empty(generation);
    private ConcurrentDictionary<string, T>? _old;
    private int _count;

    public bool TryGet(string text, [MaybeNullWhen(false)] out T result)
    {
        if (_young.TryGetValue(text, out result))
            return true;
        if (_old?.TryGetValue(text, out result) is not true)
            return false;
        Add(text, result);
        return true;
    }

    public void Add(string text, T result)
    {
        if (!_young.TryAdd(text, result) || Interlocked.Increment(ref _count) < generation)
            return;
        _old = Interlocked.Exchange(ref _young, Empty(generation));
        Interlocked.Exchange(ref _count, 0);
    }

    // Made at its full size, because growing would rehash every text again and again.
    private static ConcurrentDictionary<string, T> Empty(int capacity) => new(concurrencyLevel: -1, capacity, StringComparer.Ordinal);
}
