using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>A person's health code as it stands.</summary>
internal sealed class CitizenCode
{
    public CitizenId CitizenId { get; init; }
    public CodeColor Color { get; private set; }
    public string Rule { get; private set; } = "";
    public string PolicyVersion { get; private set; } = "";
    public Guid[] Evidence { get; private set; } = [];
    public DateTimeOffset ValidUntil { get; private set; }

    /// <summary>Grows by one with every change of anything that the person sees.</summary>
    public long Version { get; private set; }

    /// <summary>Grows with every look at the evidence, changed or not, so that of two looks at the same time one is repeated.</summary>
    public int Revision { get; private set; }

    /// <summary>Whether the rules must be asked again before the code is shown.</summary>
    public bool IsDue(Policy policy, DateTimeOffset now) => now >= ValidUntil || PolicyVersion != policy.Version;

    /// <summary>Asks the rules.</summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="evidence">All evidence about the person.</param>
    /// <param name="cause">Why now.</param>
    /// <param name="now">The time.</param>
    /// <returns>What changed, for the person's history; null where at most the end moved.</returns>
    public CodeChange? Reconsider(Policy policy, IReadOnlyCollection<Evidence> evidence, ChangeCause cause, DateTimeOffset now)
    {
        Revision++;
        var decision = CodeDecision.Decide(policy, evidence, now);
        var sameReason = decision.Color == Color && decision.Rule == Rule && decision.Evidence.SequenceEqual(Evidence);
        if (sameReason && decision.ValidUntil == ValidUntil && PolicyVersion == policy.Version) return null;

        var before = Color;
        (Color, Rule, Evidence, ValidUntil, PolicyVersion) = (decision.Color, decision.Rule, decision.Evidence, decision.ValidUntil, policy.Version);
        Version++;
        return sameReason ? null : new CodeChange
        {
            CitizenId = CitizenId,
            Version = Version,
            ColorBefore = before,
            Color = Color,
            Rule = Rule,
            PolicyVersion = PolicyVersion,
            Evidence = Evidence,
            ValidUntil = ValidUntil,
            Cause = cause,
            ChangedAt = now,
        };
    }
}
