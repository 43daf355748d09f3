using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>Why the rules were asked.</summary>
internal enum ChangeCause
{
    Registered = 1,
    ResultReported = 2,
    ResultWithdrawn = 3,
    ExposureDetected = 4,
    ExposureWithdrawn = 5,
    TimePassed = 6,
    PolicyChanged = 7,
    Declared = 8,
    EvidenceReported = 9,
    EvidenceWithdrawn = 10,
    AreaRiskChanged = 11,
    OfficersDecided = 12,
    AppealUpheld = 13,
}

/// <summary>A change of a person's colour or of its reason: an entry of the history, never altered.</summary>
internal sealed class CodeChange
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public CitizenId CitizenId { get; init; }
    public long Version { get; init; }
    public CodeColor ColorBefore { get; init; }
    public CodeColor Color { get; init; }
    public required string Rule { get; init; }
    public required string PolicyVersion { get; init; }
    public required Guid[] Evidence { get; init; }
    public DateTimeOffset ValidUntil { get; init; }
    public ChangeCause Cause { get; init; }
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The news for other departments; null where the colour stayed.</summary>
    /// <param name="homeCell">Where the person lives, as far as it is known.</param>
    public HealthCodeChanged? ToEvent(string? homeCell) =>
        ColorBefore == Color ? null : new HealthCodeChanged(CitizenId.Value, ColorBefore, Color, homeCell, Version, ValidUntil, ChangedAt);
}
