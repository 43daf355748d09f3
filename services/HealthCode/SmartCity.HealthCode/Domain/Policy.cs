using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>The rules that give codes their colour, as data. A published version never changes: a new rule is a new version.</summary>
/// <param name="Version">Its name, recorded with every decision.</param>
/// <param name="Rules">In order of precedence: the first that finds evidence decides.</param>
/// <param name="Otherwise">What holds where no rule finds evidence.</param>
/// <param name="Cases">What makes a case of a positive result.</param>
/// <param name="ValidFrom">Start of its force, inclusive; null: since ever.</param>
/// <param name="ValidUntil">End of its force, exclusive; null: until further notice.</param>
internal sealed record PolicyDocument(
    string Version, IReadOnlyList<RuleDocument> Rules, DefaultRule Otherwise, CasePolicy Cases,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null);

/// <summary>
/// A person has the colour while the rule finds a piece of evidence. Both expressions are CertLogic over <c>fact</c> (the piece: id, kind, source, at, until,
/// minutes, detail) and <c>evidence</c> (all that is in force, by kind, newest first). There is no clock: what depends on time is said by <c>until</c>, so that
/// the end of every status is known when it begins.
/// </summary>
/// <param name="Id">Its name within the policy.</param>
/// <param name="Color">Yellow or red.</param>
/// <param name="Evidence">The kinds of evidence that it looks at.</param>
/// <param name="When">Whether the piece counts: must give true or false.</param>
/// <param name="Until">End of its effect, exclusive: must give a date-time.</param>
/// <param name="Text">What the person is told.</param>
internal sealed record RuleDocument(
    string Id, CodeColor Color, IReadOnlyList<EvidenceKind> Evidence, JsonElement When, JsonElement Until, RuleText Text);

/// <summary>Green, where nothing known speaks against it; looked at again after so many hours.</summary>
internal sealed record DefaultRule(string Id, int Hours, RuleText Text);

/// <summary>What a person is told: why the code is as it is, and what would change it.</summary>
internal sealed record RuleText(LocalText Reason, LocalText Change);

/// <summary>A text in the city's two languages.</summary>
internal sealed record LocalText(string En, string Zh)
{
    public string In(CultureInfo culture) => culture.Name.StartsWith("zh", StringComparison.Ordinal) ? Zh : En;
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

/// <summary>A policy whose rules are compiled, ready to decide.</summary>
internal sealed class Policy
{
    private const int MostRules = 100;

    private Policy(PolicyDocument document, IReadOnlyList<PolicyRule> rules) => (Document, Rules) = (document, rules);

    public PolicyDocument Document { get; }
    public IReadOnlyList<PolicyRule> Rules { get; }
    public string Version => Document.Version;
    public DefaultRule Otherwise => Document.Otherwise;
    public CasePolicy Cases => Document.Cases;

    /// <summary>Checks a document, compiles its rules and tries each on a typical piece of every kind that it looks at.</summary>
    public static bool TryCompile(PolicyDocument document, [NotNullWhen(true)] out Policy? policy, [NotNullWhen(false)] out string? fault)
    {
        policy = null;
        fault = FaultOf(document);
        var rules = new List<PolicyRule>();
        foreach (var rule in fault is null ? document.Rules : [])
        {
            if (!PolicyRule.TryCompile(rule, rules, out var compiled, out fault)) return false;
            rules.Add(compiled);
        }

        if (fault is null) policy = new Policy(document, rules);
        return policy is not null;
    }

    public bool IsInForce(DateTimeOffset now) =>
        (Document.ValidFrom is null || now >= Document.ValidFrom) && (Document.ValidUntil is null || now < Document.ValidUntil);

    /// <summary>What a person is told about the rule with this id; null where the policy has none.</summary>
    public RuleText? TextOf(string rule) =>
        rule == Otherwise.Id ? Otherwise.Text : Document.Rules.FirstOrDefault(candidate => candidate.Id == rule)?.Text;

    private static string? FaultOf(PolicyDocument document)
    {
        if (document.Version.Length is 0 or > 50) return "a version has 1 to 50 characters";
        if (document.ValidUntil <= document.ValidFrom) return "it ends before it starts";
        if (document.Rules.Count > MostRules) return $"it has more than {MostRules} rules";
        var ids = document.Rules.Select(rule => rule?.Id ?? "").Append(document.Otherwise.Id).ToArray();
        if (ids.Any(id => id.Length is 0 or > 50)) return "the id of a rule has 1 to 50 characters";
        if (ids.Distinct().Count() != ids.Length) return "two rules share an id";
        if (document.Otherwise.Hours is < 1 or > 24 * 14) return "green holds for 1 hour to 14 days";
        return document.Cases.IsSound ? null : "a number of days for cases is out of range";
    }
}
