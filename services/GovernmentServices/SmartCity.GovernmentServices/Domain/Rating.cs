namespace SmartCity.GovernmentServices.Domain;

/// <summary>What a person thinks of one handling of their matter (GB/T 39735). A bad rating opens a rectification.</summary>
internal sealed class Rating
{
    private static readonly TimeSpan CallBackWithin = TimeSpan.FromDays(1);
    private static readonly TimeSpan RectifyWithin = TimeSpan.FromDays(15);

    /// <summary>Version 7 on the city's clock: the order of ids is the order of rating.</summary>
    public required Guid Id { get; init; }

    public required MatterKind Matter { get; init; }
    public required Guid MatterId { get; init; }

    /// <summary>Which handling of the matter; each is rated once.</summary>
    public required int Handling { get; init; }

    /// <summary>A category of reports, or a service.</summary>
    public required string Subject { get; init; }

    /// <summary>Who handled it.</summary>
    public required string Department { get; init; }

    /// <summary>Whose matter it is; null where they have no account.</summary>
    public required Guid? AccountId { get; init; }

    public required Guid ActorId { get; init; }
    public required RatingLevel Level { get; init; }
    public required byte[] RequestHash { get; init; }
    public byte[]? SealedComment { get; init; }

    /// <summary>The number to call back.</summary>
    public byte[]? SealedCallBack { get; init; }

    public required DateTimeOffset RatedAt { get; init; }

    public bool IsBad => Level is RatingLevel.Dissatisfied or RatingLevel.VeryDissatisfied;

    public Rectification? Rectification { get; private set; }

    public void OpenRectification() => Rectification = new Rectification
    {
        RatingId = Id, Department = Department, CallBackBy = RatedAt + CallBackWithin, DueAt = RatedAt + RectifyWithin,
    };
}

/// <summary>A department puts right what was badly done: it calls back first and hears what went wrong.</summary>
internal sealed class Rectification
{
    public required Guid RatingId { get; init; }
    public required string Department { get; init; }
    public required DateTimeOffset CallBackBy { get; init; }
    public required DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? CalledBackAt { get; private set; }
    public Guid? CalledBackBy { get; private set; }
    public byte[]? SealedCall { get; private set; }

    public DateTimeOffset? ClosedAt { get; private set; }
    public Guid? ClosedBy { get; private set; }
    public byte[]? SealedResult { get; private set; }

    public RectificationState State => (CalledBackAt, ClosedAt) switch
    {
        (_, { }) => RectificationState.Closed,
        ({ }, _) => RectificationState.CalledBack,
        _ => RectificationState.Open,
    };

    public void CallBack(byte[] sealedCall, Guid officer, DateTimeOffset now) => (SealedCall, CalledBackBy, CalledBackAt) = (sealedCall, officer, now);

    public void Close(byte[] sealedResult, Guid officer, DateTimeOffset now) => (SealedResult, ClosedBy, ClosedAt) = (sealedResult, officer, now);
}

/// <summary>An officer opened a bad rating; its author can see that.</summary>
internal sealed class RatingReading
{
    public required Guid Id { get; init; }
    public required Guid RatingId { get; init; }
    public required string Department { get; init; }
    public required Guid OfficerId { get; init; }
    public required DateTimeOffset ReadAt { get; init; }
}

/// <summary>What can be rated once it is finished.</summary>
public enum MatterKind
{
    /// <summary>A report or complaint.</summary>
    Report,

    /// <summary>An application.</summary>
    Application,
}

/// <summary>The five levels of GB/T 39735.</summary>
public enum RatingLevel
{
    /// <summary>Very satisfied.</summary>
    VerySatisfied,

    /// <summary>Satisfied.</summary>
    Satisfied,

    /// <summary>Acceptable.</summary>
    Acceptable,

    /// <summary>Dissatisfied: opens a rectification.</summary>
    Dissatisfied,

    /// <summary>Very dissatisfied: opens a rectification.</summary>
    VeryDissatisfied,
}

/// <summary>How far a rectification has come.</summary>
public enum RectificationState
{
    /// <summary>Nobody has called back yet.</summary>
    Open,

    /// <summary>The department has heard what went wrong.</summary>
    CalledBack,

    /// <summary>It was put right, or it was explained why it cannot be.</summary>
    Closed,
}
