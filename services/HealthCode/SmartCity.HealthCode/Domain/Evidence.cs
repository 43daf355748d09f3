namespace SmartCity.HealthCode.Domain;

/// <summary>What kind of fact a status may rest on. Rules name them.</summary>
internal enum EvidenceKind
{
    PositiveResult = 1,
    NegativeResult = 2,
    Exposure = 3,
}

/// <summary>
/// A fact that a status may rest on. Its source may correct it or take it back; what it said last holds, in whatever order its words arrive,
/// and where it said both at once the withdrawal holds.
/// </summary>
internal sealed class Evidence
{
    /// <summary>The exposure's or the laboratory result's own id.</summary>
    public Guid Id { get; init; }

    public CitizenId CitizenId { get; init; }
    public EvidenceKind Kind { get; init; }

    /// <summary>The moment from which its effect is counted: when the sample was taken, when the exposure ended.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>How long it lasted, for an exposure.</summary>
    public int? Minutes { get; private set; }

    /// <summary>When its source last spoke of it.</summary>
    public DateTimeOffset StatedAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Since when it no longer holds.</summary>
    public DateTimeOffset? WithdrawnAt { get; private set; }

    public bool Holds => WithdrawnAt is null;

    /// <summary>The source says that it is so.</summary>
    /// <returns>False where it has since said something newer.</returns>
    public bool State(DateTimeOffset at, int? minutes, DateTimeOffset statedAt)
    {
        if (statedAt <= StatedAt) return false;
        (At, Minutes, StatedAt, WithdrawnAt) = (at, minutes, statedAt, null);
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
