namespace SmartCity.HealthCode.Domain;

/// <summary>That something was deleted: what kind, up to when, how much, and nothing of what it said. Added, never changed.</summary>
internal sealed class Deletion
{
    public Guid Id { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>A kind of evidence, or another kind of record; <see cref="Person"/> where somebody had everything erased.</summary>
    public required string What { get; init; }

    /// <summary>What is older was deleted; null for a person.</summary>
    public DateTimeOffset? OlderThan { get; init; }

    public int Count { get; init; }

    public const string Person = "person";
}
