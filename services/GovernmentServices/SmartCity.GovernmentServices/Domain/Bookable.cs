namespace SmartCity.GovernmentServices.Domain;

/// <summary>What can be booked.</summary>
public enum BookableKind
{
    /// <summary>A time at which a place serves a number of people.</summary>
    Slot,

    /// <summary>A number of goods, picked up at a place within a time.</summary>
    Stock,
}

/// <summary>Who comes to it, in what order.</summary>
public enum BookingMode
{
    /// <summary>Whoever asks first.</summary>
    FirstCome,

    /// <summary>Whoever is drawn, after all had time to enter.</summary>
    Lottery,

    /// <summary>Through a waiting room: those who came before the opening in drawn order, then those who came later.</summary>
    WaitingRoom,
}

/// <summary>How somebody came to book.</summary>
public enum BookingChannel
{
    /// <summary>By themselves, or through family.</summary>
    Online,

    /// <summary>At a counter.</summary>
    Counter,

    /// <summary>Through the hotline.</summary>
    Phone,

    /// <summary>At the door, through a grid worker.</summary>
    GridWorker,
}

/// <summary>A slot or a stock, as its department offers it. What is taken of it, only its <see cref="Data.BookableWriter"/> changes.</summary>
internal sealed class Bookable
{
    public required Guid Id { get; init; }
    public required BookableKind Kind { get; init; }
    public required BookingMode Mode { get; init; }
    public required string Department { get; init; }

    /// <summary>A key of <c>Directory:BookableServices</c>.</summary>
    public required string Service { get; init; }

    public required string Place { get; init; }
    public Position? Position { get; init; }

    /// <summary>The grid cell of the position.</summary>
    public string? Cell { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Not included.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>From when it can be booked.</summary>
    public required DateTimeOffset OpensAt { get; init; }

    /// <summary>Until when people can enter a lottery, not included.</summary>
    public DateTimeOffset? DrawAt { get; init; }

    public required int Capacity { get; init; }

    /// <summary>How many one person may take.</summary>
    public required int PerPerson { get; init; }

    /// <summary>Kept for those who come by these channels, by the channel's name.</summary>
    public required Dictionary<BookingChannel, int> Quotas { get; init; }

    /// <summary>How long a place is kept for who must still confirm it; absent where nobody must.</summary>
    public TimeSpan? HoldFor { get; init; }

    /// <summary>How many people a waiting room lets in a second.</summary>
    public int AdmitPerSecond { get; init; }

    /// <summary>The decision table that says who may book; absent for everybody.</summary>
    public string? Eligibility { get; init; }

    /// <summary>Of a lottery or waiting room: chosen when it was offered, published as its hash, told after the draw.</summary>
    public byte[]? SealedSeed { get; init; }

    public byte[]? SeedHash { get; init; }

    /// <summary>Places taken: always the units of its bookings that are held or booked.</summary>
    public int Booked { get; private set; }

    /// <summary>Grows with every process that takes the writing over; a write under an older one is refused.</summary>
    public long Fence { get; private set; }

    /// <summary>When its writer must look again: a hold runs out, a draw is due.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? DrawnAt { get; private set; }

    /// <summary>SHA-256 over the entries in order: what the draw was made from.</summary>
    public byte[]? EntriesDigest { get; private set; }

    public required Guid OfficerId { get; init; }
    public required Guid OfferKey { get; init; }
    public required byte[] RequestHash { get; init; }

    public bool HasStarted(DateTimeOffset now) => StartsAt <= now;

    /// <summary>People come to a slot before it starts, and to goods while they are handed out.</summary>
    public bool IsClosed(DateTimeOffset now) => now >= (Kind == BookableKind.Slot ? StartsAt : EndsAt);
}

/// <summary>Where a booking stands.</summary>
public enum BookingState
{
    /// <summary>On the waiting list.</summary>
    Waiting,

    /// <summary>Kept until it is confirmed or its time runs out.</summary>
    Held,

    /// <summary>The person is expected.</summary>
    Booked,

    /// <summary>Given back.</summary>
    Cancelled,

    /// <summary>The hold ran out.</summary>
    Expired,

    /// <summary>The person did not come.</summary>
    NoShow,
}

/// <summary>One person's booking. One that ended stays, so that ending it twice is the same as once.</summary>
internal sealed class Booking
{
    /// <summary>Version 7: the order of ids is the order of booking.</summary>
    public required Guid Id { get; init; }

    public required Guid BookableId { get; init; }
    public Bookable? Bookable { get; init; }
    public required Guid AccountId { get; init; }

    /// <summary>Who did it: the person, or who acts for them.</summary>
    public required Guid ActorId { get; init; }

    /// <summary>The bookable's, so that a person's bookings of a service are counted without looking there.</summary>
    public required string Service { get; init; }

    /// <inheritdoc cref="Service"/>
    public required DateTimeOffset EndsAt { get; init; }

    public required BookingChannel Channel { get; init; }
    public required int Quantity { get; init; }
    public required BookingState State { get; init; }
    public DateTimeOffset? HeldUntil { get; init; }
    public required DateTimeOffset BookedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Which of the person's open bookings of the service it is, from 1: unique, so that two writers cannot both give the last one.</summary>
    public short? Ordinal { get; init; }
}

/// <summary>
/// A booking whose application came to nothing: committed with that end, and given back by whoever writes the bookable, within a second.
/// </summary>
internal sealed class ReturnedBooking
{
    /// <summary>An application ends once.</summary>
    public required Guid ApplicationId { get; init; }

    public required Guid BookingId { get; init; }
}

/// <summary>A person in a lottery, under a number that only they and the city can connect with them.</summary>
internal sealed class LotteryEntry
{
    public required Guid BookableId { get; init; }
    public required Guid AccountId { get; init; }
    public required Guid ActorId { get; init; }
    public required BookingChannel Channel { get; init; }
    public required Guid Number { get; init; }
    public required DateTimeOffset EnteredAt { get; init; }
}

/// <summary>A person's place in a waiting room; none yet for those who came before the opening, until the shuffle.</summary>
internal sealed class QueuePlace
{
    public required Guid BookableId { get; init; }
    public required Guid AccountId { get; init; }
    public required DateTimeOffset JoinedAt { get; init; }
    public int? Place { get; init; }
}

/// <summary>A member of staff who books for people, and by which channel these come.</summary>
internal sealed class Assistant
{
    public required Guid AccountId { get; init; }
    public required BookingChannel Channel { get; set; }
}

/// <summary>What the city told of an hour of bookings; refusals are counted here, bookings in their table.</summary>
internal sealed class BookingHour
{
    public required Guid BookableId { get; init; }
    public required DateTimeOffset Hour { get; init; }
    public required int Refused { get; init; }

    /// <summary>Whether something happened since it was told.</summary>
    public required bool Untold { get; init; }
}
