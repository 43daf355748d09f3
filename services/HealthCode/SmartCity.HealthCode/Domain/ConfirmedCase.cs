using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>One illness of one person, founded on a positive result. Later positive results of the same illness only support it.</summary>
internal sealed class ConfirmedCase
{
    public Guid Id { get; init; }
    public CitizenId CitizenId { get; init; }

    /// <summary>The result that made it a case: withdrawn, the case goes with it.</summary>
    public Guid LabResultId { get; init; }

    public string? Cell { get; init; }
    public DateTimeOffset OnsetAt { get; init; }
    public DateTimeOffset InfectiousFrom { get; init; }
    public DateTimeOffset InfectiousUntil { get; init; }
    public DateTimeOffset ConfirmedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; private set; }

    public static ConfirmedCase Confirm(CasePolicy policy, LabResult result, string? homeCell, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        CitizenId = result.CitizenId,
        LabResultId = result.Id,
        Cell = homeCell,
        OnsetAt = result.IllnessAt,
        InfectiousFrom = result.IllnessAt.AddDays(-policy.InfectiousDaysBefore),
        InfectiousUntil = result.IllnessAt.AddDays(policy.InfectiousDaysAfter),
        ConfirmedAt = now,
    };

    /// <summary>Whether a positive result tells of the same illness.</summary>
    public bool Covers(LabResult result, CasePolicy policy) =>
        WithdrawnAt is null && (result.IllnessAt - OnsetAt).Duration() <= TimeSpan.FromDays(policy.SameIllnessDays);

    public CaseWithdrawn Withdraw(DateTimeOffset now)
    {
        WithdrawnAt = now;
        return new CaseWithdrawn(Id, CitizenId.Value, Cell, OnsetAt, now);
    }

    public CaseConfirmed ToEvent() => new(Id, CitizenId.Value, Cell, OnsetAt, InfectiousFrom, InfectiousUntil, ConfirmedAt);
}
