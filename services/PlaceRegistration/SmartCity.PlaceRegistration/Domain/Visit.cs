namespace SmartCity.PlaceRegistration.Domain;

/// <summary>Somebody was at a place, by pseudonym only.</summary>
internal sealed class Visit
{
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }
    public required Guid PlaceId { get; init; }
    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>The end, not included: the check-out, or, while there is none, what the place's time-out makes of it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Nobody has checked out; <see cref="Until"/> is assumed.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Handed in after the fact.</summary>
    public required bool IsLate { get; init; }

    public DateTimeOffset? LeftAt => IsOpen ? null : Until;
}
