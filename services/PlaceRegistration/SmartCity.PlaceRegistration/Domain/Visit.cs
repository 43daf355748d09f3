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

    /// <summary>How it came to be known.</summary>
    public VisitSource Source { get; init; }

    /// <summary>Aboard a vehicle: the trip.</summary>
    public Guid? TripId { get; init; }

    /// <summary>Number of the stop where the person got on, from 0.</summary>
    public short? BoardedAtStop { get; init; }

    /// <summary>Number of the stop where they got off.</summary>
    public short? LeftAtStop { get; init; }

    public DateTimeOffset? LeftAt => IsOpen ? null : Until;

    public Visit With(DateTimeOffset until, bool isOpen) => new()
    {
        Id = Id, CitizenId = CitizenId, PlaceId = PlaceId, ArrivedAt = ArrivedAt, Until = until, IsOpen = isOpen, IsLate = IsLate, Source = Source, TripId = TripId,
        BoardedAtStop = BoardedAtStop, LeftAtStop = LeftAtStop,
    };
}

/// <summary>How a visit came to be known. Numbers are stored: never reuse one.</summary>
public enum VisitSource
{
    /// <summary>The person scanned the place's code.</summary>
    SelfScan = 0,

    /// <summary>Staff or a gate scanned the person's code.</summary>
    Scanned = 1,

    /// <summary>An ID card was read at a gate.</summary>
    IdCard = 2,

    /// <summary>The person boarded a vehicle.</summary>
    Boarding = 3,

    /// <summary>A passenger of a vehicle whose licence plate was read.</summary>
    PlateRead = 4,

    /// <summary>Member of a group that checked in together.</summary>
    Group = 5,

    /// <summary>Staff typed it in as the person stood there.</summary>
    Manual = 6,

    /// <summary>Typed in from a paper list; some of them are asked whether it is true.</summary>
    PaperList = 7,

    /// <summary>A device of the venue scanned it while it was offline.</summary>
    Device = 8,
}
