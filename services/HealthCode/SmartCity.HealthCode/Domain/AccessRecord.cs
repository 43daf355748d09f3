namespace SmartCity.HealthCode.Domain;

/// <summary>Somebody other than the person looked at the person's data. The person can read this.</summary>
internal sealed class AccessRecord
{
    public long Id { get; init; }
    public CitizenId CitizenId { get; init; }

    /// <summary>A service's client id, or the account of whoever looked.</summary>
    public required string Reader { get; init; }

    /// <summary>One of <see cref="AccessPurpose"/>.</summary>
    public AccessPurpose Purpose { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>What the reader rests on where it is more than the purpose: the consent or application for which a record was read.</summary>
    public Guid? Reference { get; init; }

    /// <summary>What the reader gave as the reason, where one is asked for; the person reads it.</summary>
    public string? Reason { get; init; }
}

/// <summary>Why it was looked at: a closed list, so that the person can be told in their language.</summary>
internal enum AccessPurpose
{
    Admission = 1,
    Booking = 2,
    Verification = 3,
    CaseList = 4,
    ActingForYou = 5,
    Form = 6,
    OwnRecords = 7,
    StatusInquiry = 8,
    DryRunSample = 9,
    Appeal = 10,
    Override = 11,
    IdCard = 12,
}
