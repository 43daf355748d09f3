namespace SmartCity.GovernmentServices.Domain.SharedData;

/// <summary>A department asks another for data. The owner answers by a date, and what is granted ends by itself.</summary>
internal sealed class DataRequest
{
    public required Guid Id { get; init; }
    public required Guid AssetId { get; init; }

    /// <summary>Who asks.</summary>
    public required string Department { get; init; }

    /// <summary>Who is asked.</summary>
    public required string Owner { get; init; }

    public required string Purpose { get; init; }
    public required string LegalBase { get; init; }

    /// <summary>Until when the data are needed, exclusive.</summary>
    public required DateTimeOffset Until { get; init; }

    public required Guid AskedBy { get; init; }
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>By when the owner is to decide.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required Guid RequestKey { get; init; }
    public required byte[] RequestHash { get; init; }

    /// <summary>Of two decisions at the same time, the database lets one through.</summary>
    public DateTimeOffset? DecidedAt { get; private set; }

    public bool? Granted { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public string? Reason { get; private set; }

    public DataRequestState State(DateTimeOffset now) => Granted switch
    {
        null => now < DueAt ? DataRequestState.Waiting : DataRequestState.Overdue,
        true => now < Until ? DataRequestState.Granted : DataRequestState.Ended,
        false => DataRequestState.Refused,
    };

    public void Decide(bool granted, string? reason, Guid officer, DateTimeOffset now) => (Granted, Reason, DecidedBy, DecidedAt) = (granted, reason, officer, now);
}

/// <summary>Where a request for data stands.</summary>
public enum DataRequestState
{
    /// <summary>The owner has not decided.</summary>
    Waiting,

    /// <summary>The owner has not decided in time; approvers and auditors see it too.</summary>
    Overdue,

    /// <summary>The data may be read.</summary>
    Granted,

    /// <summary>The data may not be read.</summary>
    Refused,

    /// <summary>What was granted is over.</summary>
    Ended,
}

/// <summary>A department read another's data: what, for what, when, under which grant; signed, so that it can serve as evidence.</summary>
internal sealed class DataRead
{
    public required Guid Id { get; init; }
    public required Guid RequestId { get; init; }
    public required Guid AssetId { get; init; }
    public required string Department { get; init; }
    public required Guid ReadBy { get; init; }
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>The signed text (JWS) that the reader got with the data.</summary>
    public required string Evidence { get; init; }
}
