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
        !rule.Admits.Contains(CodeColor.Unspecified) && rule.TimeOut > TimeSpan.Zero && rule.TimeOut <= limits.Longest);
}

/// <summary>The rule of one type of place.</summary>
internal sealed record AdmissionRule
{
    /// <summary>The colours that may enter; none if nothing is said.</summary>
    public IReadOnlyList<CodeColor> Admits { get; init; } = [];

    /// <summary>After this long without a check-out a visitor is taken to have left.</summary>
    public TimeSpan TimeOut { get; init; }

    public Admission Decide(CodeColor color) => (Admits.Contains(color), color) switch
    {
        (true, CodeColor.Green) => new Admission(CheckInDecision.Admitted, "admitted"),
        (true, CodeColor.Yellow or CodeColor.Red) => new Admission(CheckInDecision.Admitted, "admitted_with_care"),
        (false, CodeColor.Green) => new Admission(CheckInDecision.Refused, "refused_closed"),
        (false, CodeColor.Yellow) => new Admission(CheckInDecision.Refused, "refused_yellow"),
        (false, CodeColor.Red) => new Admission(CheckInDecision.Refused, "refused_red"),
        // A colour that this version does not know is never as good as green.
        _ => new Admission(CheckInDecision.Refused, "refused_unknown"),
    };
}

/// <summary>The answer to somebody who arrives.</summary>
/// <param name="Reason">A stable code; its texts are in <c>Resources/Reasons.resx</c>.</param>
internal sealed record Admission(CheckInDecision Decision, string Reason)
{
    /// <summary>History cannot be refused.</summary>
    public static Admission Late { get; } = new(CheckInDecision.Recorded, "recorded_late");

    /// <summary>The same check-in again: its visit stands.</summary>
    public static Admission Before { get; } = new(CheckInDecision.Admitted, "admitted_before");
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
