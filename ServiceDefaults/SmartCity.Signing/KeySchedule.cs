namespace SmartCity.Signing;

/// <summary>
/// When which key signs. A key is published before it signs, so that everybody has it by then, and after its successor has taken over,
/// until the last thing that it signed has ended.
/// </summary>
/// <param name="UseFor">How long a key signs.</param>
/// <param name="PublishAhead">How long before that it is published; longer than anybody keeps a key set.</param>
/// <param name="KeepFor">How long after; at least the longest life of what is signed. <see cref="Forever"/> for what never ends, as a certificate.</param>
public sealed record KeySchedule(TimeSpan UseFor, TimeSpan PublishAhead, TimeSpan KeepFor)
{
    /// <summary>A public key that is never taken back.</summary>
    public static readonly TimeSpan Forever = TimeSpan.FromDays(365 * 1000);

    /// <summary>
    /// The key that signs: the newest that has begun. It goes on where its successor is late; where none has begun, as on a machine whose clock is behind
    /// that of the replica which made the first, the first signs: it is published, and to refuse would help nobody.
    /// </summary>
    public T? Signer<T>(IReadOnlyCollection<T> keys, DateTimeOffset now) where T : class, IScheduledKey =>
        keys.Where(key => key.SignsFrom <= now).MaxBy(key => key.SignsFrom) ?? keys.MinBy(key => key.SignsFrom);

    /// <summary>When the next key is to begin; null while it is not yet time to make one.</summary>
    public DateTimeOffset? NextBegins(IReadOnlyCollection<IScheduledKey> keys, DateTimeOffset now)
    {
        // Nobody holds an older key set that this first key could be missing from.
        if (keys.Count == 0) return now;
        var end = keys.Max(key => key.SignsFrom) + UseFor;
        if (now < end - PublishAhead) return null;
        return end > now + PublishAhead ? end : now + PublishAhead;
    }

    /// <summary>Whether the last thing that the key can have signed has ended.</summary>
    public bool IsOver(IScheduledKey key, IEnumerable<IScheduledKey> keys, DateTimeOffset now) =>
        keys.Any(successor => successor.SignsFrom > key.SignsFrom && successor.SignsFrom <= now && now - successor.SignsFrom >= KeepFor);
}

/// <summary>A key as the schedule sees it.</summary>
public interface IScheduledKey
{
    /// <summary>From when it signs, inclusive, UTC.</summary>
    DateTimeOffset SignsFrom { get; }
}
