namespace SmartCity.EarlyWarning.Domain;

/// <summary>Where an event stands in its triage.</summary>
public enum EventState
{
    /// <summary>Nobody has looked at it yet.</summary>
    New,

    /// <summary>Somebody is finding out what it is.</summary>
    Investigated,

    /// <summary>It is what it looks like, and is responded to.</summary>
    Confirmed,

    /// <summary>A false alarm, with the reason on record.</summary>
    Dismissed,

    /// <summary>Over.</summary>
    Closed,
}

/// <summary>Alarms that belong together, because they are near each other in space and time, and what people decide about them.</summary>
internal sealed class CityEvent
{
    public required Guid Id { get; init; }

    /// <summary>The area of the first alarm.</summary>
    public required string Area { get; init; }

    /// <summary>The department whose alarms these are, and that answers for the event.</summary>
    public required string Department { get; init; }

    /// <summary>True in a drill: stays out of statistics.</summary>
    public bool IsExercise { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateOnly FirstDay { get; set; }

    public required DateOnly LastDay { get; set; }

    public EventState State { get; private set; }

    public Guid? DecidedBy { get; private set; }

    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>Why it was decided so.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether further alarms may still join it.</summary>
    public bool IsOpen => State is EventState.New or EventState.Investigated or EventState.Confirmed;

    /// <summary>Takes the event one step on. A decided event is never new again, and one that is over stays over.</summary>
    /// <returns>The problem code if not; null if done, or done before.</returns>
    public string? Decide(EventState to, Guid officer, string reason, DateTimeOffset now)
    {
        if (State == to) return null;
        var allowed = to switch
        {
            EventState.Investigated => State == EventState.New,
            EventState.Confirmed => State is EventState.New or EventState.Investigated,
            EventState.Dismissed => State is EventState.New or EventState.Investigated,
            EventState.Closed => State == EventState.Confirmed,
            EventState.New => false,
            _ => false,
        };
        if (!allowed) return "event_step_invalid";
        (State, DecidedBy, DecidedAt, Reason) = (to, officer, now, reason);
        return null;
    }
}
