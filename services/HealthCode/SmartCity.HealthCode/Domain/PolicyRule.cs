using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SmartCity.HealthCode.CertLogic;
using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>A rule of a policy, compiled, with what has to be known of the rules before it to say when a decision ends and what it rests on.</summary>
internal sealed class PolicyRule
{
    private static readonly EvidenceKind[] AllKinds = Enum.GetValues<EvidenceKind>();

    private readonly CompiledLogic when;
    private readonly CompiledLogic until;
    private readonly KindSet kinds;
    private readonly KindSet reads;

    private PolicyRule(RuleDocument document, CompiledLogic when, CompiledLogic until, IReadOnlyList<PolicyRule> before)
    {
        (Document, this.when, this.until) = (document, when, until);
        kinds = KindSet.Of(document.Evidence);
        reads = Reads(document.When) | Reads(document.Until);
        ReadSoFar = before.Aggregate(reads, (sum, rule) => sum | rule.reads);
        WatchedSoFar = before.Aggregate(kinds | reads, (sum, rule) => sum | rule.kinds | rule.reads);
        Context = ContextAfter(before);
    }

    public RuleDocument Document { get; }
    public string Id => Document.Id;
    public CodeColor Color => Document.Color;

    /// <summary>Kinds that this rule or one before it reads beside the piece it looks at.</summary>
    public KindSet ReadSoFar { get; }

    /// <summary>Kinds that this rule or one before it looks at or reads: a piece that is yet to come into force may change the decision.</summary>
    public KindSet WatchedSoFar { get; }

    /// <summary>Kinds without which the pieces that this rule found might be judged otherwise, by it or by a rule before it.</summary>
    public KindSet Context { get; }

    public static bool TryCompile(
        RuleDocument rule, IReadOnlyList<PolicyRule> before, [NotNullWhen(true)] out PolicyRule? compiled, [NotNullWhen(false)] out string? fault)
    {
        compiled = null;
        if (rule.Color is not (CodeColor.Yellow or CodeColor.Red)) fault = $"rule {rule.Id} is neither yellow nor red";
        else if (rule.Evidence.Count == 0 || rule.Evidence.Any(kind => !AllKinds.Contains(kind))) fault = $"rule {rule.Id} looks at no kind of evidence";
        else if (!CompiledLogic.TryCompile(rule.When, out var when, out var issues)) fault = $"rule {rule.Id}, when: {issues[0].Message}";
        else if (!CompiledLogic.TryCompile(rule.Until, out var until, out issues)) fault = $"rule {rule.Id}, until: {issues[0].Message}";
        else
        {
            compiled = new PolicyRule(rule, when, until, before);
            if ((fault = compiled.Trial()) is not null) compiled = null;
        }

        return compiled is not null;
    }

    public bool LooksAt(EvidenceKind kind) => kinds.Has(kind);

    /// <summary>End of the effect that the piece has under this rule, exclusive; null where it has none.</summary>
    /// <exception cref="RuleFailedException">An expression gave no answer: nobody may take that for a "no".</exception>
    public DateTimeOffset? EffectOf(LogicValue data)
    {
        var counts = when.Evaluate(data);
        if (counts.Kind != LogicKind.Boolean) throw new RuleFailedException(Id, counts.Reason ?? "\"when\" is neither true nor false");
        if (!counts.IsTrue) return null;
        var end = until.Evaluate(data);
        return end.Instant ?? throw new RuleFailedException(Id, end.Reason ?? "\"until\" is no date-time");
    }

    private KindSet ContextAfter(IReadOnlyList<PolicyRule> before)
    {
        var context = reads;
        while (true)
        {
            var present = kinds | context;
            var wider = before.Where(rule => rule.kinds.Meets(present)).Aggregate(context, (sum, rule) => sum | rule.reads);
            if (wider == context) return context;
            context = wider;
        }
    }

    private string? Trial()
    {
        foreach (var kind in Document.Evidence)
        {
            try
            {
                var facts = new Facts([TypicalEvidence.Of(kind)], TypicalEvidence.At, ReadSoFar);
                // Whether it counts or not, the end must be one.
                EffectOf(facts.Seen[0].Data);
                if (until.Evaluate(facts.Seen[0].Data).Instant is null) return $"rule {Id}: \"until\" gives no date-time for {kind}";
            }
            catch (RuleFailedException failed)
            {
                return $"{failed.Message} (for {kind})";
            }
        }

        return null;
    }

    /// <summary>The kinds named by <c>evidence.KIND...</c> anywhere in an expression; all where the whole is read.</summary>
    private static KindSet Reads(JsonElement expression) => expression.ValueKind switch
    {
        JsonValueKind.Array => expression.EnumerateArray().Aggregate(default(KindSet), (sum, item) => sum | Reads(item)),
        JsonValueKind.Object => expression.EnumerateObject().Aggregate(
            default(KindSet), (sum, member) => sum | (member.Name == "var" && member.Value.ValueKind == JsonValueKind.String ? Named(member.Value.GetString()!) : Reads(member.Value))),
        _ => default,
    };

    private static KindSet Named(string path)
    {
        var steps = path.Split('.');
        if (steps is [""] or ["evidence"]) return KindSet.Of(AllKinds);
        if (steps[0] != "evidence") return default;
        return KindSet.Of([.. AllKinds.Where(kind => Facts.NameOf(kind) == steps[1])]);
    }
}

/// <summary>A rule gave no answer about some evidence. The service fails closed: nothing is decided.</summary>
internal sealed class RuleFailedException(string rule, string reason) : Exception($"rule {rule}: {reason}");

/// <summary>A set of kinds of evidence.</summary>
internal readonly record struct KindSet(int Bits)
{
    public static KindSet Of(IEnumerable<EvidenceKind> kinds) => new(kinds.Aggregate(0, (bits, kind) => bits | (1 << (int)kind)));

    public static KindSet operator |(KindSet left, KindSet right) => new(left.Bits | right.Bits);

    public bool Has(EvidenceKind kind) => (Bits & (1 << (int)kind)) != 0;

    public bool Meets(KindSet other) => (Bits & other.Bits) != 0;
}
