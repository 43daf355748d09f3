namespace SmartCity.GovernmentServices.Domain;

/// <summary>A report or complaint (12345), by whatever channel it came. Each time that a department has to answer it is a handling of its own.</summary>
internal sealed class Report
{
    public const int MostPhotos = 5;
    public const int MostHandlings = 5;

    /// <summary>How long after an answer its reader may say that it does not settle the matter.</summary>
    public static readonly TimeSpan ReopenWithin = TimeSpan.FromDays(30);

    /// <summary>Version 7 on the city's clock: the order of ids is the order of receipt.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose matter it is; null where somebody reported at a desk without an account, or without saying who they are.</summary>
    public required Guid? AccountId { get; init; }

    /// <summary>Who entered it: the person, who acts for them, or the desk.</summary>
    public required Guid ActorId { get; init; }

    public required Guid ReportKey { get; init; }
    public required byte[] RequestHash { get; init; }

    /// <summary>How it reached the city.</summary>
    public ReportChannel Channel { get; init; }

    /// <summary>A key of <c>Directory:ReportCategories</c>.</summary>
    public required string Category { get; init; }

    /// <summary>People write names and illnesses into reports.</summary>
    public required byte[] SealedText { get; init; }

    /// <summary>The number to call back, of who has no account.</summary>
    public byte[]? SealedCallBack { get; init; }

    public Position? Position { get; init; }
    public required string? Cell { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whose queue it is in.</summary>
    public string Department { get; private set; } = "";

    /// <summary>1 at first; one more each time it is reopened.</summary>
    public int Handling { get; private set; } = 1;

    /// <summary>Until when this handling is to be answered.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>When that time went by without an answer; who may answer too since then.</summary>
    public DateTimeOffset? EscalatedAt { get; private set; }

    public string? EscalatedTo { get; private set; }

    /// <summary>The report about the same thing whose answer is this one's answer too.</summary>
    public Guid? MergedInto { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }
    public Guid? AnsweredBy { get; private set; }
    public byte[]? SealedAnswer { get; private set; }

    /// <summary>How many entries it has; every change adds one, so of two changes at the same time the database lets one through.</summary>
    public int EntryCount { get; private set; }

    public List<ReportEntry> Entries { get; } = [];

    public ReportState State => (AnsweredAt, MergedInto) switch
    {
        ({ }, _) => ReportState.Answered,
        (null, { }) => ReportState.Merged,
        _ => ReportState.Waiting,
    };

    public bool IsFor(string department) => Department == department || EscalatedTo == department;

    public void Receive(ReportRoute route, DateTimeOffset now)
    {
        Dispatch(route, now);
        Note(ReportEntryKind.Received, now);
    }

    public void Answer(byte[] sealedAnswer, Guid officerId, string department, DateTimeOffset now)
    {
        (SealedAnswer, AnsweredBy, AnsweredAt) = (sealedAnswer, officerId, now);
        Note(ReportEntryKind.Answered, now, department, officerId, sealedAnswer);
    }

    /// <summary>The answer did not settle it: it is routed anew, on its own, and the clock begins again.</summary>
    public void Reopen(ReportRoute route, Guid actor, byte[] sealedReason, DateTimeOffset now)
    {
        Handling++;
        (SealedAnswer, AnsweredBy, AnsweredAt, MergedInto) = (null, null, null, null);
        Dispatch(route, now);
        Note(ReportEntryKind.Reopened, now, officer: actor, sealedText: sealedReason);
    }

    public void MergeInto(Guid primary, Guid? officer, DateTimeOffset now)
    {
        MergedInto = primary;
        Note(ReportEntryKind.Merged, now, officer: officer);
    }

    public void Escalate(string to, DateTimeOffset now)
    {
        (EscalatedAt, EscalatedTo) = (now, to);
        Note(ReportEntryKind.Escalated, now, to);
    }

    private void Dispatch(ReportRoute route, DateTimeOffset now) => (Department, DueAt, EscalatedAt, EscalatedTo) = (route.Department, now + route.Within, null, null);

    private void Note(ReportEntryKind kind, DateTimeOffset now, string? department = null, Guid? officer = null, byte[]? sealedText = null) => Entries.Add(new ReportEntry
    {
        ReportId = Id, Number = ++EntryCount, At = now, Kind = kind, Department = department ?? Department, OfficerId = officer, SealedText = sealedText,
    });
}

/// <summary>Who answers, and within what time.</summary>
internal sealed record ReportRoute(string Department, TimeSpan Within);

/// <summary>Something that happened to a report. What it says without its text is public.</summary>
internal sealed class ReportEntry
{
    public required Guid ReportId { get; init; }
    public required int Number { get; init; }
    public required DateTimeOffset At { get; init; }
    public required ReportEntryKind Kind { get; init; }
    public required string Department { get; init; }

    /// <summary>Who did it, for the record; never shown.</summary>
    public Guid? OfficerId { get; init; }

    /// <summary>An answer, or why it was reopened: for its author and the department.</summary>
    public byte[]? SealedText { get; init; }
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

    /// <summary>About the same thing as another one, whose answer will be its answer too.</summary>
    Merged,
}

/// <summary>How a report reached the city; all are in one ledger.</summary>
public enum ReportChannel
{
    /// <summary>The person, by the city's own app or page.</summary>
    App,

    /// <summary>Somebody for the person, with their consent: at the counter, on the hotline, at the door, or family.</summary>
    Assisted,

    /// <summary>An app of another maker, by Open311 GeoReport.</summary>
    Open311,

    /// <summary>Called in; the person has no account or did not say who they are.</summary>
    Hotline,

    /// <summary>Said at a counter, likewise.</summary>
    Counter,

    /// <summary>Said at the door to a grid worker, likewise.</summary>
    Door,
}

/// <summary>What happened to a report.</summary>
public enum ReportEntryKind
{
    /// <summary>It came and was routed.</summary>
    Received,

    /// <summary>It was found to be about the same thing as another one.</summary>
    Merged,

    /// <summary>The time for an answer went by: the department that watches over answers has it too.</summary>
    Escalated,

    /// <summary>A department answered.</summary>
    Answered,

    /// <summary>The answer did not settle it: it was routed anew.</summary>
    Reopened,
}
