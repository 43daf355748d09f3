using SmartCity.EarlyWarning.Detection;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>Where a version of a rule stands.</summary>
public enum RuleState
{
    /// <summary>Written, and backtested as often as wanted.</summary>
    Draft,

    /// <summary>Judges what comes in. At most one version of a rule is live.</summary>
    Live,

    /// <summary>Another version took its place, or it was withdrawn.</summary>
    Retired,
}

/// <summary>One version of a rule: which stream, at which level of the grid, is judged by which detector. What it says never changes; a change is the next version.</summary>
internal sealed class DetectionRule
{
    public required string Code { get; init; }

    public required int Version { get; init; }

    public required SignalStream Stream { get; init; }

    /// <summary>Null for all kinds together.</summary>
    public string? Kind { get; init; }

    public required AreaLevel Level { get; init; }

    public required DetectorKind Detector { get; init; }

    public double? Alpha { get; init; }

    public double? MinimumSigma { get; init; }

    public double? MinimumCount { get; init; }

    public int? Years { get; init; }

    public double? Factor { get; init; }

    public double? Limit { get; init; }

    /// <summary>Whose alarms these are.</summary>
    public required string Department { get; init; }

    public RuleState State { get; private set; }

    /// <summary>Null for a rule that came with the system.</summary>
    public Guid? AuthorId { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    public Guid? ApproverId { get; private set; }

    public DateTimeOffset? LiveFrom { get; private set; }

    public SeriesRule Series => new(Detector, Alpha, MinimumSigma, MinimumCount, Years, Factor, Limit);

    /// <summary>A second person lets the version judge what comes in: only after a backtest that passed.</summary>
    /// <returns>The problem code if not; null if done, or done before.</returns>
    public string? GoLive(Guid approver, bool passed, DateTimeOffset now)
    {
        if (State == RuleState.Live) return null;
        if (State == RuleState.Retired) return "rule_retired";
        if (approver == AuthorId) return "second_person_required";
        if (!passed) return "backtest_missing";
        (State, ApproverId, LiveFrom) = (RuleState.Live, approver, now);
        return null;
    }

    public void Retire() => State = RuleState.Retired;

    public string DetectorName => NameOf(Detector);

    public static string NameOf(DetectorKind kind) => kind switch
    {
        DetectorKind.EarsC1 => "ears-c1",
        DetectorKind.EarsC2 => "ears-c2",
        DetectorKind.EarsC3 => "ears-c3",
        DetectorKind.WeekdaySwitch => "weekday-switch",
        DetectorKind.Cusum => "cusum",
        DetectorKind.LikelihoodRatio => "likelihood-ratio",
        DetectorKind.Farrington1996 => "farrington-1996",
        DetectorKind.Noufaily => "noufaily",
        DetectorKind.OutbreakMonitor => "outbreak-monitor",
        DetectorKind.SpaceTimeScan => "space-time-scan",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A detector without a name."),
    };
}

/// <summary>What a replay over the past said about a version of a rule.</summary>
internal sealed class RuleBacktest
{
    public required Guid Id { get; init; }

    public required string Code { get; init; }

    public required int Version { get; init; }

    public required DateOnly From { get; init; }

    public required DateOnly Until { get; init; }

    public required DateTimeOffset RunAt { get; init; }

    public required int Areas { get; init; }

    public required int Judged { get; init; }

    public required int Alarms { get; init; }

    public required int FalseAlarms { get; init; }

    public required double FalseAlarmRate { get; init; }

    public required int KnownOutbreaks { get; init; }

    public required int KnownDetected { get; init; }

    public double? KnownDelayDays { get; init; }

    public required int Injected { get; init; }

    public required int InjectedDetected { get; init; }

    public double? InjectedDelayDays { get; init; }

    public DateOnly? FirstAlarm { get; init; }

    public required bool Passed { get; init; }

    public required RuleChange Change { get; init; }
}

/// <summary>What a version changes.</summary>
/// <param name="InForce">The version in force over the same past; null where none judges the same.</param>
/// <param name="Lessons">What it would have done in the events that asked for the change.</param>
internal sealed record RuleChange(InForce? InForce, IReadOnlyList<LessonEffect> Lessons);

/// <summary>The version in force, replayed over the same past with the same made-up outbreaks.</summary>
/// <param name="Version">Which.</param>
/// <param name="Alarms">Its alarms.</param>
/// <param name="FalseAlarmRate">False alarms per day or week judged outside of known outbreaks.</param>
/// <param name="KnownDetected">Known outbreaks found.</param>
/// <param name="InjectedDetected">Made-up outbreaks found.</param>
internal sealed record InForce(int Version, int Alarms, double FalseAlarmRate, int KnownDetected, int InjectedDetected);

/// <summary>A lesson that asked for the change, and what comes of it.</summary>
/// <param name="LessonId">The lesson.</param>
/// <param name="EventId">The event that taught it.</param>
/// <param name="Noticed">The day of the rule's first alarm in the event; absent where it had none.</param>
/// <param name="WouldBeNoticed">The day of the first alarm that this version would have raised; absent where it would have had none.</param>
internal sealed record LessonEffect(Guid LessonId, Guid EventId, DateOnly? Noticed, DateOnly? WouldBeNoticed)
{
    /// <summary>Days sooner than it was; negative if later, absent where one of the two is.</summary>
    public int? DaysSooner => Noticed is { } then && WouldBeNoticed is { } now ? then.DayNumber - now.DayNumber : null;
}

/// <summary>An outbreak that is known: it no longer says what is ordinary, but is still shown and still judged. A record never changes; it can be withdrawn.</summary>
internal sealed class KnownOutbreak
{
    public required Guid Id { get; init; }

    public required SignalStream Stream { get; init; }

    public required string Area { get; init; }

    public required DateOnly From { get; init; }

    /// <summary>Included.</summary>
    public required DateOnly Until { get; init; }

    public required string Note { get; init; }

    public required Guid RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public bool IsWithdrawn { get; set; }
}
