namespace SmartCity.EarlyWarning.Domain;

/// <summary>A stream of one kind in one area: what values belong to.</summary>
internal sealed class SignalSeries
{
    public int Id { get; init; }

    public required SignalStream Stream { get; init; }

    /// <summary>What kind within the stream; empty where it has none.</summary>
    public required string Kind { get; init; }

    public required string Area { get; init; }
}

/// <summary>Values that became known together. Numbers ascend in the order of commit within a stream, so "up to this revision" is what was known then.</summary>
internal sealed class SignalRevision
{
    public long Id { get; init; }

    public required SignalStream Stream { get; init; }

    /// <summary>When it became known, UTC.</summary>
    public required DateTimeOffset KnownAt { get; init; }

    /// <summary>Who delivered it.</summary>
    public required string Feed { get; init; }

    public required DateOnly FirstDay { get; init; }

    public required DateOnly LastDay { get; init; }

    /// <summary>The series that changed.</summary>
    public required int[] Series { get; init; }
}

/// <summary>A value as it was said once. It is never changed: what is said later stands beside it with a higher revision.</summary>
internal sealed class SignalValue
{
    public required int Series { get; init; }

    /// <summary>Start of the day or hour that it is about, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    public required long Revision { get; init; }

    /// <summary>Null takes back what was said before: nothing is known.</summary>
    public double? Value { get; init; }
}

/// <summary>The sum of a stream in an area on a day, as now known: a view.</summary>
internal sealed class SignalDay
{
    public required SignalStream Stream { get; init; }

    public required string Area { get; init; }

    public required DateOnly Day { get; init; }

    public int Value { get; init; }
}

/// <summary>What becomes of a value that cannot be right.</summary>
public enum QuarantineState
{
    /// <summary>Nobody has looked at it.</summary>
    Waiting,

    /// <summary>It is right after all, and counts.</summary>
    Accepted,

    /// <summary>It is wrong, and never counts.</summary>
    Rejected,
}

/// <summary>A total that fell, held back until a person says whether it is a correction or a mistake.</summary>
internal sealed class QuarantinedValue
{
    public required Guid Id { get; init; }

    public required SignalStream Stream { get; init; }

    public required string Kind { get; init; }

    public required string Area { get; init; }

    public required DateTimeOffset At { get; init; }

    public required double Value { get; init; }

    /// <summary>What was known before or after it, and contradicts it.</summary>
    public required double Neighbour { get; init; }

    public required string Feed { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public QuarantineState State { get; set; }

    public Guid? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }
}
