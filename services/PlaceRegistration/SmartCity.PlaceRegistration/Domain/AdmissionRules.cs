using System.ComponentModel.DataAnnotations;
using SmartCity.HealthCode.Contracts;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>Who may enter which type of place: data, from the configuration's section <c>Admission</c>. Without a default the service does not start.</summary>
internal sealed record AdmissionRules
{
    /// <summary>For types that have no rule of their own.</summary>
    [Required]
    public AdmissionRule? Default { get; init; }

    public IReadOnlyDictionary<PlaceType, AdmissionRule> Types { get; init; } = new Dictionary<PlaceType, AdmissionRule>();

    public AdmissionRule For(PlaceType type) => Types.GetValueOrDefault(type) ?? Default!;

    public bool IsValid(VisitLimits limits) => Types.Values.Append(Default!).All(rule =>
        !rule.Admits.Contains(CodeColor.Unspecified) && rule.TimeOut > TimeSpan.Zero && rule.TimeOut <= limits.Longest
        && rule.TestWithinHours is null or (>= 1 and <= 24 * 14) && (rule.WithoutTest == Consequence.None || rule.TestWithinHours is not null));
}

/// <summary>The rule of one type of place.</summary>
internal sealed record AdmissionRule
{
    /// <summary>Why somebody is refused where there is no room.</summary>
    public const string Full = "refused_full";

    private const double NearlyFull = 0.9;

    /// <summary>The colours that may enter; none if nothing is said.</summary>
    public IReadOnlyList<CodeColor> Admits { get; init; } = [];

    /// <summary>The sample of a negative result may be this old; null: no test is asked for.</summary>
    public int? TestWithinHours { get; init; }

    /// <summary>What follows where there is no such test.</summary>
    public Consequence WithoutTest { get; init; }

    /// <summary>What follows where the place holds no more.</summary>
    public Consequence WhenFull { get; init; }

    /// <summary>Visitors are told to wear a mask.</summary>
    public bool Masks { get; init; }

    /// <summary>After this long without a check-out a visitor is taken to have left.</summary>
    public TimeSpan TimeOut { get; init; }

    /// <summary>Decides about somebody who arrives: the colour first, then the test, then whether there is room.</summary>
    public Admission Decide(CodeColor color, DateTimeOffset? sampledAt, Crowd crowd, DateTimeOffset now)
    {
        if (!Admits.Contains(color)) return Refused(color switch
        {
            CodeColor.Green => "refused_closed",
            CodeColor.Yellow => "refused_yellow",
            CodeColor.Red => "refused_red",
            // A colour that this version does not know is never as good as green.
            _ => "refused_unknown",
        });

        var notices = new List<string>();
        if (!IsTested(sampledAt, now))
        {
            if (WithoutTest == Consequence.Refuse) return Refused("refused_test_missing");
            if (WithoutTest == Consequence.Notice) notices.Add("notice_test_missing");
        }

        if (crowd.Visitors >= crowd.Capacity)
        {
            if (WhenFull == Consequence.Refuse) return Refused(Full);
            if (WhenFull == Consequence.Notice) notices.Add("notice_full");
        }
        else if (WhenFull != Consequence.None && crowd.Visitors >= NearlyFull * crowd.Capacity)
        {
            notices.Add("notice_nearly_full");
        }

        if (Masks) notices.Add("notice_mask");
        return new Admission(CheckInDecision.Admitted, color == CodeColor.Green ? "admitted" : "admitted_with_care", notices);
    }

    /// <summary>Whether a status that was looked at earlier is enough: a test may have come since.</summary>
    public bool IsTested(DateTimeOffset? sampledAt, DateTimeOffset now) => TestWithinHours is not { } hours || sampledAt >= now.AddHours(-hours);

    private static Admission Refused(string reason) => new(CheckInDecision.Refused, reason, []);
}

/// <summary>How many are at a place, and how many it holds.</summary>
internal readonly record struct Crowd(int Visitors, int Capacity);

/// <summary>What follows from something that a rule asks for and that is not so.</summary>
public enum Consequence
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The visitor is told.</summary>
    Notice,

    /// <summary>The visitor may not enter.</summary>
    Refuse,
}

/// <summary>The answer to somebody who arrives.</summary>
/// <param name="Reason">A stable code; its texts are in <c>Resources/Reasons.resx</c>, as those of the notices.</param>
/// <param name="Notices">What somebody who may enter is told beside it.</param>
internal sealed record Admission(CheckInDecision Decision, string Reason, IReadOnlyList<string> Notices)
{
    /// <summary>History cannot be refused.</summary>
    public static Admission Late { get; } = new(CheckInDecision.Recorded, "recorded_late", []);

    /// <summary>The same check-in again, or another where the person already is: the visit stands.</summary>
    public static Admission Before { get; } = new(CheckInDecision.Admitted, "admitted_before", []);
}

/// <summary>What became of a check-in.</summary>
public enum CheckInDecision
{
    /// <summary>May enter; the visit is recorded.</summary>
    Admitted,

    /// <summary>May not enter; nothing is recorded.</summary>
    Refused,

    /// <summary>Handed in after the fact: recorded, nothing to admit.</summary>
    Recorded,
}
