using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>The colour that the rules give, with what it rests on.</summary>
/// <param name="Color">The colour.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Evidence">Ids of the evidence that the rule found and of what it read beside it, sorted: all that is needed to come to the same answer.</param>
/// <param name="ValidUntil">Until when it stands if nothing new becomes known; exclusive.</param>
internal sealed record CodeDecision(CodeColor Color, string Rule, Guid[] Evidence, DateTimeOffset ValidUntil)
{
    /// <summary>What the policy says about this evidence now. The order of the evidence does not matter.</summary>
    /// <exception cref="RuleFailedException">A rule gave no answer.</exception>
    public static CodeDecision Decide(Policy policy, IReadOnlyCollection<Evidence> evidence, DateTimeOffset now)
    {
        var last = policy.Rules.Count > 0 ? policy.Rules[^1] : null;
        if (evidence.Count > 0 && last is not null)
        {
            var facts = new Facts(evidence, now, last.ReadSoFar);
            foreach (var rule in policy.Rules)
            {
                var found = Find(rule, facts, now);
                if (found.Count > 0) return Found(rule, found, facts, evidence, now);
            }
        }

        var end = now.AddHours(policy.Otherwise.Hours);
        return new CodeDecision(CodeColor.Green, policy.Otherwise.Id, [], last is null ? end : FirstTurn(evidence, last, now, end));
    }

    private static List<(Guid Id, DateTimeOffset Until)> Find(PolicyRule rule, Facts facts, DateTimeOffset now)
    {
        var found = new List<(Guid, DateTimeOffset)>();
        foreach (var fact in facts.Seen)
        {
            if (!rule.LooksAt(fact.Evidence.Kind) || rule.EffectOf(fact.Data) is not { } end) continue;
            if (fact.Evidence.Until < end) end = fact.Evidence.Until.Value;
            if (end > now) found.Add((fact.Evidence.Id, end));
        }

        return found;
    }

    private static CodeDecision Found(
        PolicyRule rule, List<(Guid Id, DateTimeOffset Until)> found, Facts facts, IReadOnlyCollection<Evidence> evidence, DateTimeOffset now)
    {
        var beside = facts.Seen.Where(fact => rule.Context.Has(fact.Evidence.Kind)).Select(fact => fact.Evidence.Id);
        return new CodeDecision(
            rule.Color, rule.Id, [.. found.Select(fact => fact.Id).Union(beside).Order()], FirstTurn(evidence, rule, now, found.Max(fact => fact.Until)));
    }

    /// <summary>The end, or the earlier moment at which evidence comes into force or ceases to be that could change the decision.</summary>
    private static DateTimeOffset FirstTurn(IReadOnlyCollection<Evidence> evidence, PolicyRule rule, DateTimeOffset now, DateTimeOffset end)
    {
        foreach (var fact in evidence)
        {
            if (!fact.Holds) continue;
            if (fact.At > now && fact.At < end && rule.WatchedSoFar.Has(fact.Kind)) end = fact.At;
            if (fact.Until > now && fact.Until < end && rule.ReadSoFar.Has(fact.Kind)) end = fact.Until.Value;
        }

        return end;
    }
}
