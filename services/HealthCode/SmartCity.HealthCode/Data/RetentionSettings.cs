using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Data;

/// <summary>The section <c>Retention</c>: how many days what is kept. No rule may look further back (<c>PolicyRule</c>: 365 days).</summary>
internal sealed class RetentionSettings
{
    public const string Section = "Retention";

    /// <summary>By kind of evidence, for example <c>Retention:Evidence:NegativeResult</c>; for kinds that are not named, <see cref="OtherEvidence"/>.</summary>
    public Dictionary<EvidenceKind, int> Evidence { get; init; } = new() { [EvidenceKind.NegativeResult] = 60 };

    public int OtherEvidence { get; init; } = 400;

    public int History { get; init; } = 400;

    public int AccessLog { get; init; } = 730;

    /// <summary>After its end.</summary>
    public int PrintedCodes { get; init; } = 30;

    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromHours(1);

    public int DaysOf(EvidenceKind kind) => Evidence.GetValueOrDefault(kind, OtherEvidence);

    public bool AreSound => Enum.GetValues<EvidenceKind>().Select(DaysOf).Concat([History, AccessLog, PrintedCodes]).All(days => days is >= 1 and <= 3660) && SweepEvery > TimeSpan.Zero;
}
