using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>The rules that give codes their colour, as data. A published version never changes: a new rule is a new version.</summary>
/// <param name="Version">Its name, recorded with every decision.</param>
/// <param name="Rules">In order of precedence: the first that finds evidence decides.</param>
/// <param name="Otherwise">What holds where no rule finds evidence.</param>
/// <param name="Cases">What makes a case of a positive result.</param>
/// <param name="ValidFrom">Start of its force, inclusive; null: since ever.</param>
/// <param name="ValidUntil">End of its force, exclusive; null: until further notice.</param>
internal sealed record Policy(
    string Version, IReadOnlyList<PolicyRule> Rules, DefaultRule Otherwise, CasePolicy Cases,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null)
{
    public bool IsInForce(DateTimeOffset now) => (ValidFrom is null || now >= ValidFrom) && (ValidUntil is null || now < ValidUntil);

    /// <summary>What a person is told about the rule with this id; null where the policy has none.</summary>
    public RuleText? TextOf(string rule) => rule == Otherwise.Id ? Otherwise.Text : Rules.FirstOrDefault(candidate => candidate.Id == rule)?.Text;

    /// <summary>What is wrong with the document; null where nothing is.</summary>
    public string? Fault()
    {
        if (Version.Length is 0 or > 50) return "a version has 1 to 50 characters";
        if (ValidUntil <= ValidFrom) return "it ends before it starts";
        if (Rules.Select(rule => rule.Id).Append(Otherwise.Id).Distinct().Count() != Rules.Count + 1) return "two rules share an id";
        if (Rules.FirstOrDefault(rule => !rule.IsSound) is { } bad) return $"rule {bad.Id} needs yellow or red, 1 to 365 days, and minutes of at least 1 if any";
        if (Otherwise.Hours is < 1 or > 24 * 14) return "green holds for 1 hour to 14 days";
        return Cases.IsSound ? null : "a number of days for cases is out of range";
    }
}

/// <summary>A person has the colour while a piece of evidence of the kind is younger than so many days.</summary>
/// <param name="Id">Its name within the policy.</param>
/// <param name="Color">Yellow or red.</param>
/// <param name="Evidence">The kind of evidence that it looks at.</param>
/// <param name="Days">How long the evidence keeps its effect.</param>
/// <param name="Text">What the person is told.</param>
/// <param name="Minutes">Evidence that lasted less does not count; null: any does.</param>
internal sealed record PolicyRule(string Id, CodeColor Color, EvidenceKind Evidence, int Days, RuleText Text, int? Minutes = null)
{
    public bool IsSound => Color is CodeColor.Yellow or CodeColor.Red && Days is >= 1 and <= 365 && Minutes is null or >= 1;

    /// <summary>End of the effect that the evidence has under this rule, exclusive; null where it has none.</summary>
    public DateTimeOffset? EffectOf(Evidence evidence) =>
        evidence.Holds && evidence.Kind == Evidence && (evidence.Minutes ?? 0) >= (Minutes ?? 0) ? evidence.At.AddDays(Days) : null;
}

/// <summary>Green, where nothing known speaks against it; looked at again after so many hours.</summary>
internal sealed record DefaultRule(string Id, int Hours, RuleText Text);

/// <summary>What a person is told: why the code is as it is, and what would change it.</summary>
internal sealed record RuleText(LocalText Reason, LocalText Change);

/// <summary>A text in the city's two languages.</summary>
internal sealed record LocalText(string En, string Zh)
{
    public string In(System.Globalization.CultureInfo culture) => culture.Name.StartsWith("zh", StringComparison.Ordinal) ? Zh : En;
}

/// <summary>What makes a case of a positive result.</summary>
/// <param name="InfectiousDaysBefore">Days before onset (or the sample, where there is none) from which a case is infectious.</param>
/// <param name="InfectiousDaysAfter">Days after it until which it is.</param>
/// <param name="SameIllnessDays">Positive results of one person within so many days tell of one case.</param>
/// <param name="OldestSampleDays">Older samples are not taken.</param>
/// <param name="OldestOnsetDays">Nor are illnesses that began earlier.</param>
internal sealed record CasePolicy(int InfectiousDaysBefore, int InfectiousDaysAfter, int SameIllnessDays, int OldestSampleDays, int OldestOnsetDays)
{
    public bool IsSound =>
        InfectiousDaysBefore is >= 0 and <= 60 && InfectiousDaysAfter is >= 1 and <= 60 && SameIllnessDays is >= 1 and <= 365
        && OldestSampleDays is >= 1 and <= 365 && OldestOnsetDays is >= 1 and <= 365;
}
