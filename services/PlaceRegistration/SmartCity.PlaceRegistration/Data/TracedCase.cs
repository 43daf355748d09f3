namespace SmartCity.PlaceRegistration.Data;

/// <summary>A case whose places are traced; or, when its withdrawal came first, the mark that it never will be.</summary>
internal sealed class TracedCase
{
    public Guid CaseId { get; init; }
    public Guid CitizenId { get; init; }

    /// <summary>Included; null while only the withdrawal is known.</summary>
    public DateTimeOffset? InfectiousFrom { get; init; }

    /// <summary>Not included.</summary>
    public DateTimeOffset? InfectiousUntil { get; init; }

    /// <summary>Of two confirmations the later one holds.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? TracedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>A visit of a case, cut to the infectious period. Few against the visits: what a check-in is compared with.</summary>
internal sealed class InfectiousStay
{
    public Guid CaseId { get; init; }
    public Guid VisitId { get; init; }
    public Guid CitizenId { get; init; }
    public Guid PlaceId { get; init; }
    public DateTimeOffset FromAt { get; init; }
    public DateTimeOffset Until { get; init; }
}

/// <summary>A case and a contact were at one place at the same time.</summary>
internal sealed class Exposure
{
    public Guid CaseId { get; init; }

    /// <summary>The contact.</summary>
    public Guid CitizenId { get; init; }

    public Guid PlaceId { get; init; }
    public required string Cell { get; init; }
    public int Minutes { get; init; }
    public DateTimeOffset FromAt { get; init; }
    public DateTimeOffset Until { get; init; }

    /// <summary>When it was found, changed or withdrawn; always later than the time before.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    public bool Withdrawn { get; init; }
}
