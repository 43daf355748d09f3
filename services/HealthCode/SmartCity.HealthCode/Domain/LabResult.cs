namespace SmartCity.HealthCode.Domain;

internal enum LabOutcome
{
    Positive = 1,
    Negative = 2,
}

/// <summary>Why a laboratory takes a result back.</summary>
internal enum WithdrawalReason
{
    SamplesMixedUp = 1,
    SampleContaminated = 2,
    WrongPerson = 3,
    EnteredWrongly = 4,
    RetestedNegative = 5,
    AppealUpheld = 6,
}

/// <summary>A result as a laboratory reported it; its id is also that of the evidence.</summary>
internal sealed class LabResult
{
    public Guid Id { get; init; }

    /// <summary>Who reported it: the laboratory's department, or the account where the token names none.</summary>
    public required string Laboratory { get; init; }

    /// <summary>The laboratory's own number of the result.</summary>
    public required string ResultNumber { get; init; }

    public Guid IdempotencyKey { get; init; }
    public CitizenId CitizenId { get; init; }
    public LabOutcome Outcome { get; init; }
    public DateTimeOffset SampledAt { get; init; }
    public DateTimeOffset? OnsetAt { get; init; }
    public DateTimeOffset ReportedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; private set; }
    public WithdrawalReason? WithdrawalReason { get; private set; }

    /// <summary>When the illness began as far as is known.</summary>
    public DateTimeOffset IllnessAt => OnsetAt ?? SampledAt;

    /// <summary>Whether it says the same as another report under the same number.</summary>
    public bool SaysTheSameAs(LabResult other) =>
        (ResultNumber, CitizenId, Outcome, SampledAt, OnsetAt)
        == (other.ResultNumber, other.CitizenId, other.Outcome, other.SampledAt, other.OnsetAt);

    public Evidence ToEvidence()
    {
        var kind = Outcome == LabOutcome.Positive ? EvidenceKind.PositiveResult : EvidenceKind.NegativeResult;
        var evidence = new Evidence { Id = Id, CitizenId = CitizenId, Kind = kind, Source = EvidenceSource.Laboratory };
        evidence.State(SampledAt, minutes: null, ReportedAt);
        return evidence;
    }

    public void Withdraw(WithdrawalReason reason, DateTimeOffset now) => (WithdrawnAt, WithdrawalReason) = (now, reason);
}
