namespace SmartCity.HealthCode.Domain;

/// <summary>What a key signs.</summary>
internal enum KeyPurpose
{
    /// <summary>Codes, and the list of revoked ones.</summary>
    Code = 1,

    /// <summary>The list of trusted keys. A gate is given this key when it is set up, so it does not rotate by itself.</summary>
    TrustList = 2,
}

/// <summary>A key of the city's; the private half is sealed.</summary>
internal sealed class SigningKey
{
    public Guid Id { get; init; }
    public KeyPurpose Purpose { get; init; }

    /// <summary>The id under which verifiers find the public half, Base64.</summary>
    public required string KeyId { get; init; }

    /// <summary>SubjectPublicKeyInfo in DER.</summary>
    public required byte[] PublicKey { get; init; }

    public required byte[] SealedPrivateKey { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset SignsFrom { get; init; }

    /// <summary>Nothing that it signed is accepted any more: somebody else may have had it.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }
}

/// <summary>
/// When which key signs. A key is published before it signs, so that every replica and gate has it by then, and after its successor has taken
/// over until the last code that it signed has ended.
/// </summary>
/// <param name="UseFor">How long a key signs.</param>
/// <param name="PublishAhead">How long before.</param>
/// <param name="KeepFor">How long after: the longest life of a code.</param>
internal sealed record KeyPlan(TimeSpan UseFor, TimeSpan PublishAhead, TimeSpan KeepFor)
{
    /// <summary>The key that signs: the newest that has begun. It goes on where its successor is late; where none has begun the first does.</summary>
    public static SigningKey? Signer(IReadOnlyCollection<SigningKey> keys, DateTimeOffset now) =>
        keys.Where(key => key.WithdrawnAt is null && key.SignsFrom <= now).MaxBy(key => key.SignsFrom)
        ?? keys.Where(key => key.WithdrawnAt is null).MinBy(key => key.SignsFrom);

    /// <summary>When the next key is to begin; null while it is not yet time to make one.</summary>
    public DateTimeOffset? NextBegins(IReadOnlyCollection<SigningKey> keys, DateTimeOffset now)
    {
        if (!keys.Any(key => key.WithdrawnAt is null)) return now;
        var end = keys.Where(key => key.WithdrawnAt is null).Max(key => key.SignsFrom) + UseFor;
        if (now < end - PublishAhead) return null;
        return end > now + PublishAhead ? end : now + PublishAhead;
    }

    /// <summary>When the key's successor takes over; null where it has none.</summary>
    public static DateTimeOffset? StopsAt(SigningKey key, IEnumerable<SigningKey> keys) =>
        keys.Where(other => other.WithdrawnAt is null && other.SignsFrom > key.SignsFrom).Min(other => (DateTimeOffset?)other.SignsFrom);

    /// <summary>Whether nothing that the key signed can be shown any more.</summary>
    public bool IsOver(SigningKey key, IReadOnlyCollection<SigningKey> keys, DateTimeOffset now) =>
        key.WithdrawnAt is not null || StopsAt(key, keys) + KeepFor <= now;
}
