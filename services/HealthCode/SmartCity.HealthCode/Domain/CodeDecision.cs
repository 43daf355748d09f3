using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>The colour that the rules give, with what it rests on.</summary>
/// <param name="Color">The colour.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Evidence">Ids of the evidence that the rule found, sorted.</param>
/// <param name="ValidUntil">Until when it stands if nothing new becomes known; exclusive.</param>
internal sealed record CodeDecision(CodeColor Color, string Rule, Guid[] Evidence, DateTimeOffset ValidUntil)
{
    /// <summary>What the policy says about this evidence now. The order of the evidence does not matter.</summary>
    public static CodeDecision Decide(Policy policy, IReadOnlyCollection<Evidence> evidence, DateTimeOffset now)
    {
        foreach (var rule in policy.Rules)
        {
            var found = evidence.Select(fact => (fact.Id, Until: rule.EffectOf(fact))).Where(fact => fact.Until > now).ToArray();
            if (found.Length == 0) continue;
            return new CodeDecision(rule.Color, rule.Id, [.. found.Select(fact => fact.Id).Order()], found.Max(fact => fact.Until!.Value));
        }

        return new CodeDecision(CodeColor.Green, policy.Otherwise.Id, [], now.AddHours(policy.Otherwise.Hours));
    }
}
