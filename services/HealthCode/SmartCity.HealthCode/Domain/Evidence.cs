namespace SmartCity.HealthCode.Domain;

/// <summary>What kind of fact a status may rest on. Rules name them.</summary>
internal enum EvidenceKind
{
    PositiveResult = 1,
    NegativeResult = 2,
    Exposure = 3,
    RapidTest = 4,
    Vaccination = 5,
    Recovery = 6,
    Symptoms = 7,
    Trip = 8,
    Temperature = 9,

    /// <summary>The level of risk of the area where the person lives, or where they declared a trip to.</summary>
    AreaRisk = 10,

    Isolation = 11,
    ForeignCertificate = 12,
    OfficerDecision = 13,
}

/// <summary>Who says so.</summary>
internal enum EvidenceSource
{
    Laboratory = 1,
    PlaceRegistration = 2,
    Person = 3,
    Venue = 4,
    HealthCommission = 5,
    EarlyWarning = 6,
    ForeignIssuer = 7,
}

/// <summary>
/// A fact that a status may rest on. Its source may correct it or take it back; what it said last holds, in whatever order its words arrive,
/// and where it said both at once the withdrawal holds.
/// </summary>
internal sealed class Evidence
{
    /// <summary>The exposure's or the laboratory result's own id, for example.</summary>
    public Guid Id { get; init; }

    public CitizenId CitizenId { get; init; }
    public EvidenceKind Kind { get; init; }
    public EvidenceSource Source { get; init; }

    /// <summary>The moment from which its effect is counted, and before which it has none: when the sample was taken, when the exposure ended.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>When it ceases to be in force by its own word, exclusive: the end of an isolation, say. Null: rules say how long it counts.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <summary>How long it lasted, for an exposure.</summary>
    public int? Minutes { get; private set; }

    /// <summary>What else rules may ask of it, a JSON object: which members there are depends on the kind, see the service's README.</summary>
    public string? Detail { get; private set; }

    /// <summary>When its source last spoke of it.</summary>
    public DateTimeOffset StatedAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Since when it no longer holds.</summary>
    public DateTimeOffset? WithdrawnAt { get; private set; }

    public bool Holds => WithdrawnAt is null;

    public bool IsInForce(DateTimeOffset now) => Holds && At <= now && (Until is not { } end || end > now);

    /// <summary>The source says that it is so.</summary>
    /// <returns>False where it has since said something newer.</returns>
    public bool State(DateTimeOffset at, int? minutes, DateTimeOffset statedAt, DateTimeOffset? until = null, string? detail = null)
    {
        if (statedAt <= StatedAt) return false;
        (At, Until, Minutes, Detail, StatedAt, WithdrawnAt) = (at, until, minutes, detail, statedAt, null);
        return true;
    }

    /// <summary>The source takes it back.</summary>
    /// <returns>False where it has since said something newer, or had taken it back already.</returns>
    public bool Withdraw(DateTimeOffset withdrawnAt)
    {
        if (withdrawnAt < StatedAt || withdrawnAt == WithdrawnAt) return false;
        (StatedAt, WithdrawnAt) = (withdrawnAt, withdrawnAt);
        return true;
    }
}
