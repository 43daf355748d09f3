namespace SmartCity.GovernmentServices.Domain;

/// <summary>A time at which a place serves a number of people.</summary>
internal sealed class Slot
{
    public required Guid Id { get; init; }
    public required string Department { get; init; }

    /// <summary>A key of <c>Directory:BookableServices</c>.</summary>
    public required string Service { get; init; }

    public required string Place { get; init; }
    public Position? Position { get; init; }
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Not included.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    public required int Capacity { get; init; }

    /// <summary>Places taken: always the number of its bookings that are not cancelled. Only the booking ledger changes it.</summary>
    public int Booked { get; private set; }

    public required Guid OfficerId { get; init; }
    public required Guid OfferKey { get; init; }
    public required byte[] RequestHash { get; init; }

    public bool IsFull => Booked >= Capacity;

    public bool HasStarted(DateTimeOffset now) => StartsAt <= now;
}

/// <summary>One person's place in a slot. A cancelled one stays, so that cancelling twice is the same as once.</summary>
internal sealed class Booking
{
    /// <summary>Version 7: the order of ids is the order of booking.</summary>
    public required Guid Id { get; init; }

    public required Guid SlotId { get; init; }
    public Slot? Slot { get; init; }
    public required Guid AccountId { get; init; }

    /// <summary>Who did it: the person, or who acts for them.</summary>
    public required Guid ActorId { get; init; }

    public required DateTimeOffset BookedAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
}
