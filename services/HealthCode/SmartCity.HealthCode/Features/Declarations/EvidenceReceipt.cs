using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>What whoever declared or reported something gets back.</summary>
/// <param name="Id">The evidence, to correct, withdraw or contest it by.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="At">From when it counts, UTC.</param>
/// <param name="StatedAt">When its source last spoke of it, UTC.</param>
/// <param name="WithdrawnAt">Since when it no longer holds, UTC; absent while it does.</param>
internal sealed record EvidenceReceipt(Guid Id, EvidenceKind Kind, DateTimeOffset At, DateTimeOffset StatedAt, DateTimeOffset? WithdrawnAt = null)
{
    public static EvidenceReceipt Example { get; } = new(
        new Guid("0191f5a0-6c1e-8f00-9a00-3f2b61d0c001"), EvidenceKind.Symptoms, Examples.Now, Examples.Now);

    public static EvidenceReceipt Of(Evidence fact) => new(fact.Id, fact.Kind, fact.At, fact.StatedAt, fact.WithdrawnAt);
}
