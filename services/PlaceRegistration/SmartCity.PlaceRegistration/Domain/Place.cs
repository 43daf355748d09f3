using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>A venue, or part of one, with a scannable code.</summary>
internal sealed class Place
{
    public required Guid Id { get; init; }

    /// <summary>The account that answers for it; only it and health officers change it.</summary>
    public required Guid OwnerId { get; set; }

    /// <summary>The client's key of the registration: the owner's second try finds the first.</summary>
    public required Guid RegistrationKey { get; init; }

    public required string Code { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public required string Name { get; set; }
    public required PlaceType Type { get; set; }
    public required string Address { get; set; }
    public required int Capacity { get; set; }

    /// <summary>Unified social credit code of the company or organisation; null for a home.</summary>
    public string? Uscc { get; set; }

    /// <summary>What it is part of: the room's building, the building's campus.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>Everything that it is part of, the nearest first.</summary>
    public Guid[] Ancestors { get; init; } = [];

    public PlaceState State { get; private set; }

    /// <summary>What the department says to the owner about its decision.</summary>
    public string? StateNote { get; private set; }

    public Guid? DecidedBy { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>The account that it is offered to; it may take it over.</summary>
    public Guid? OfferedTo { get; set; }

    /// <summary>Since when it is closed.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Opening hours, every day the same, local time; null: always open. A place may close after midnight.</summary>
    public TimeOnly? OpensAt { get; set; }

    public TimeOnly? ClosesAt { get; set; }

    /// <summary>Only the changing code on a screen lets people in: a photograph of a poster does not.</summary>
    public bool RotatesCode { get; set; }

    /// <summary>How the air is changed; tracing weighs by it.</summary>
    public Ventilation Ventilation { get; set; }

    public double Latitude { get; private set; }
    public double Longitude { get; private set; }

    /// <summary>Grid cell of the position.</summary>
    public string Cell { get; private set; } = "";

    public Place At(double latitude, double longitude)
    {
        (Latitude, Longitude, Cell) = (latitude, longitude, GridCell.At(latitude, longitude).ToString());
        return this;
    }

    public void Decide(PlaceState state, string? note, Guid by, DateTimeOffset now) => (State, StateNote, DecidedBy, DecidedAt) = (state, note, by, now);

    /// <summary>A part of an approved place of the same owner needs no approval of its own.</summary>
    public Place ApprovedWith(Place parent)
    {
        if (parent.State == PlaceState.Approved && parent.OwnerId == OwnerId) Decide(PlaceState.Approved, null, parent.DecidedBy ?? OwnerId, RegisteredAt);
        return this;
    }

    /// <summary>Why nobody may check in, as a problem's code; null if they may. History is recorded of closed places too, but not of ones that nobody approved.</summary>
    /// <param name="now">The time.</param>
    /// <param name="localTime">Offset of local time from UTC.</param>
    /// <param name="isLate">The visit is handed in after the fact.</param>
    public string? FaultOfArrival(DateTimeOffset now, TimeSpan localTime, bool isLate) =>
        State != PlaceState.Approved ? "place_not_approved"
        : isLate ? null
        : ClosedAt <= now ? "place_closed"
        : IsOpenAt(TimeOnly.FromDateTime(now.ToOffset(localTime).DateTime)) ? null
        : "place_outside_hours";

    // TimeOnly counts the beginning and not the end, and goes over midnight.
    private bool IsOpenAt(TimeOnly time) => OpensAt is not { } opens || ClosesAt is not { } closes || time.IsBetween(opens, closes);
}

/// <summary>Where a registration stands.</summary>
public enum PlaceState
{
    /// <summary>Waits for the department.</summary>
    Pending,

    /// <summary>May be used.</summary>
    Approved,

    /// <summary>Turned down; the note says why. A change asks again.</summary>
    Rejected,
}
