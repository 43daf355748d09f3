namespace SmartCity.Portal.Pages.Citizen;

/// <summary>A slot or a stock that can be booked, as government services list it.</summary>
public sealed record BookableView(
    Guid Id, string Kind, string Mode, string Service, string ServiceName, string DepartmentName, string Place, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset OpensAt,
    int Capacity, int PerPerson, int Remaining, DateTimeOffset? DrawAt = null, int? HoldMinutes = null, string? Eligibility = null)
{
    /// <summary>The next thing that somebody can do about it.</summary>
    public string Step(DateTimeOffset now) => this switch
    {
        { Mode: "waitingRoom" } => "queue",
        _ when now < OpensAt => "wait",
        { Mode: "lottery", DrawAt: { } draw } when now < draw => "enter",
        { Remaining: 0 } => "list",
        _ => "book",
    };
}

/// <summary>What a person has booked, holds or waits for.</summary>
public sealed record MyBooking(
    Guid Id, Guid BookableId, string State, string ServiceName, string Place, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Quantity, DateTimeOffset BookedAt, DateTimeOffset? HeldUntil = null);

/// <summary>A place in a waiting room.</summary>
public sealed record QueuePlaceView(bool Admitted, int WaitSeconds, DateTimeOffset AdmittedAt, int? Place = null, string? Ticket = null);
