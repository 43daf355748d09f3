using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

internal enum AppealOutcome
{
    /// <summary>The contested evidence does not hold: it is withdrawn, with all that followed from it.</summary>
    Upheld = 1,

    Dismissed = 2,
}

/// <summary>A person contests their status. The clock runs from the filing; whoever had a hand in the status does not decide.</summary>
internal sealed class Appeal
{
    public Guid Id { get; init; }
    public CitizenId CitizenId { get; init; }
    public CodeColor Color { get; init; }
    public required string Rule { get; init; }
    public required string PolicyVersion { get; init; }

    /// <summary>The evidence that the person says is wrong.</summary>
    public required Guid[] Evidence { get; init; }

    /// <summary>What the person wrote.</summary>
    public required byte[] SealedText { get; init; }

    public DateTimeOffset FiledAt { get; init; }

    /// <summary>Until when it must be decided.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Officers who had a hand in what is contested, or who decided an earlier appeal against it.</summary>
    public required Guid[] FirstOfficers { get; init; }

    public AppealOutcome? Outcome { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>What the officer answered.</summary>
    public byte[]? SealedAnswer { get; private set; }

    /// <summary>Grows with the decision, so that of two at the same time one is refused.</summary>
    public int Revision { get; private set; }

    /// <summary>An officer decides.</summary>
    /// <returns>Why not, as the code of a problem; null where it is decided.</returns>
    public string? Decide(AppealOutcome outcome, Guid officer, byte[] sealedAnswer, DateTimeOffset now)
    {
        if (DecidedAt is not null) return "appeal_decided_already";
        if (FirstOfficers.Contains(officer)) return "appeal_own_decision";
        (Outcome, DecidedBy, DecidedAt, SealedAnswer) = (outcome, officer, now, sealedAnswer);
        Revision++;
        return null;
    }
}
