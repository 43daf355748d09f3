namespace SmartCity.GovernmentServices.Domain;

/// <summary>A citizen's report or complaint (12345), routed to the department that answers for its category.</summary>
internal sealed class Report
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order of receipt.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Who reported: the person, or who acts for them.</summary>
    public required Guid ActorId { get; init; }

    public required Guid ReportKey { get; init; }
    public required byte[] RequestHash { get; init; }

    /// <summary>How it reached the city.</summary>
    public ReportChannel Channel { get; init; }

    /// <summary>A key of <c>Directory:ReportCategories</c>.</summary>
    public required string Category { get; init; }

    /// <summary>Whose queue it is in.</summary>
    public required string Department { get; init; }

    /// <summary>People write names and illnesses into reports.</summary>
    public required byte[] SealedText { get; init; }

    public Position? Position { get; init; }
    public required string? Cell { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; private set; }
    public Guid? AnsweredBy { get; private set; }
    public byte[]? SealedAnswer { get; private set; }

    public ReportState State => AnsweredAt is null ? ReportState.Waiting : ReportState.Answered;

    public void Answer(byte[] sealedAnswer, Guid officerId, DateTimeOffset now) => (SealedAnswer, AnsweredBy, AnsweredAt) = (sealedAnswer, officerId, now);
}

/// <summary>An officer opened a report; its author can see that.</summary>
internal sealed class ReportReading
{
    public required Guid Id { get; init; }
    public required Guid ReportId { get; init; }
    public required string Department { get; init; }
    public required Guid OfficerId { get; init; }
    public required DateTimeOffset ReadAt { get; init; }
}

/// <summary>How far a report has come.</summary>
public enum ReportState
{
    /// <summary>In the department's queue.</summary>
    Waiting,

    /// <summary>The department has answered.</summary>
    Answered,
}

/// <summary>How a report reached the city; all are in one ledger.</summary>
public enum ReportChannel
{
    /// <summary>The person, by the city's own app or page.</summary>
    App,

    /// <summary>Somebody for the person: at the counter, on the hotline, at the door, or family.</summary>
    Assisted,

    /// <summary>An app of another maker, by Open311 GeoReport.</summary>
    Open311,
}
