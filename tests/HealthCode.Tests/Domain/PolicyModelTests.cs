using System.Text.Json;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests.Domain;

/// <summary>The shipped rules over all kinds of evidence, against the same rules written by hand in the plainest way, on histories drawn by chance.</summary>
public sealed class PolicyModelTests
{
    private const int Histories = 1_000;

    private static readonly DateTimeOffset Start = new(2022, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Policy Policy = TestPolicy.Newest;

    [Fact]
    public void A_thousand_histories_are_decided_as_the_model_decides_them_at_every_moment()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var evidence = new List<Evidence>();
            for (var now = Start; now < Start.AddDays(45); now = now.AddHours(random.Next(1, 60)))
            {
                Happen(evidence, random, now);

                var decision = CodeDecision.Decide(Policy, evidence, now);

                (decision.Color, decision.Rule).ShouldBe(Model(evidence, now), $"history {seed} at {now:O}");
            }
        }
    }

    [Fact]
    public void The_explanation_evaluates_again_to_the_same_colour_with_the_evidence_that_it_names_alone()
    {
        foreach (var (evidence, now, _) in Situations())
        {
            var decision = CodeDecision.Decide(Policy, evidence, now);

            var again = CodeDecision.Decide(Policy, [.. evidence.Where(fact => decision.Evidence.Contains(fact.Id))], now);

            (again.Color, again.Rule).ShouldBe((decision.Color, decision.Rule));
            if (again.Color != CodeColor.Green) again.Evidence.ShouldBe(decision.Evidence);
        }
    }

    [Fact]
    public void The_order_of_the_evidence_never_matters()
    {
        foreach (var (evidence, now, random) in Situations())
        {
            var shuffled = evidence.ToArray();
            random.Shuffle(shuffled);

            var (one, other) = (CodeDecision.Decide(Policy, evidence, now), CodeDecision.Decide(Policy, shuffled, now));

            (one.Color, one.Rule, one.ValidUntil).ShouldBe((other.Color, other.Rule, other.ValidUntil));
            one.Evidence.ShouldBe(other.Evidence);
        }
    }

    [Fact]
    public void Until_the_end_that_it_says_a_colour_stands_if_nothing_new_becomes_known()
    {
        foreach (var (evidence, now, random) in Situations())
        {
            var decision = CodeDecision.Decide(Policy, evidence, now);
            decision.ValidUntil.ShouldBeGreaterThan(now);

            foreach (var later in new[] { decision.ValidUntil.AddMilliseconds(-1), now + ((decision.ValidUntil - now) * random.NextDouble()) })
                CodeDecision.Decide(Policy, evidence, later).Color.ShouldBe(decision.Color, $"{decision.Rule} from {now:O} to {decision.ValidUntil:O}, at {later:O}");
        }
    }

    [Fact]
    public void Evidence_that_was_taken_back_leaves_no_trace()
    {
        foreach (var (evidence, now, _) in Situations())
        {
            var holding = CodeDecision.Decide(Policy, [.. evidence.Where(fact => fact.Holds)], now);

            var all = CodeDecision.Decide(Policy, evidence, now);

            (all.Color, all.Rule, all.ValidUntil).ShouldBe((holding.Color, holding.Rule, holding.ValidUntil));
        }
    }

    [Fact]
    public void A_rule_that_gives_no_answer_decides_nothing()
    {
        var broken = new Evidence { Id = Guid.NewGuid(), Kind = EvidenceKind.Isolation };
        // An isolation always has an end; should one come without, nobody guesses.
        broken.State(Start, minutes: null, Start, until: null, """{"color":"red"}""");

        Should.Throw<RuleFailedException>(() => CodeDecision.Decide(Policy, [broken], Start.AddDays(1))).Message.ShouldContain("isolation-order");
    }

    private static IEnumerable<(IReadOnlyList<Evidence> Evidence, DateTimeOffset Now, Random Random)> Situations()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(-1 - seed);
            var evidence = new List<Evidence>();
            var now = Start;
            for (var step = random.Next(1, 14); step > 0; step--)
            {
                now = now.AddHours(random.Next(1, 60));
                Happen(evidence, random, now);
            }

            yield return (evidence, now, random);
        }
    }

    /// <summary>Something becomes known, or is taken back.</summary>
    private static void Happen(List<Evidence> evidence, Random random, DateTimeOffset now)
    {
        if (evidence.Count > 0 && random.Next(4) == 0)
        {
            evidence[random.Next(evidence.Count)].Withdraw(now);
            return;
        }

        var kind = (EvidenceKind)random.Next(1, 14);
        var fact = new Evidence { Id = Guid.NewGuid(), Kind = kind };
        var starts = kind is EvidenceKind.Isolation or EvidenceKind.Trip ? now.AddHours(random.Next(-48, 48)) : now.AddHours(-random.Next(0, 200));
        DateTimeOffset? until = kind is EvidenceKind.Isolation or EvidenceKind.OfficerDecision or EvidenceKind.AreaRisk ? starts.AddHours(random.Next(1, 300)) : null;
        var detail = kind switch
        {
            EvidenceKind.Isolation or EvidenceKind.OfficerDecision => $$"""{"color":"{{(random.Next(2) == 0 ? "red" : "yellow")}}"}""",
            EvidenceKind.RapidTest => $$"""{"positive":{{(random.Next(2) == 0 ? "true" : "false")}}}""",
            EvidenceKind.Temperature => $$"""{"fever":{{(random.Next(2) == 0 ? "true" : "false")}}}""",
            EvidenceKind.Symptoms => $$"""{"symptoms":[{{(random.Next(2) == 0 ? "\"cough\"" : "\"cough\",\"fever\"")}}]}""",
            EvidenceKind.AreaRisk => $$"""{"level":"{{(random.Next(2) == 0 ? "high" : "medium")}}","via":"home"}""",
            _ => null,
        };
        fact.State(starts, kind == EvidenceKind.Exposure ? random.Next(1, 40) : null, now, until, detail);
        evidence.Add(fact);
    }

    /// <summary>The rules of 2022-2 as the health commission would say them, one after the other.</summary>
    private static (CodeColor Color, string Rule) Model(IReadOnlyList<Evidence> evidence, DateTimeOffset now)
    {
        var known = evidence.Where(fact => fact.WithdrawnAt is null && fact.At <= now && (fact.Until is null || fact.Until > now)).ToArray();
        if (Of(EvidenceKind.PositiveResult).Any(fact => now < fact.At.AddDays(14))) return (CodeColor.Red, "positive-result");
        if (Of(EvidenceKind.Isolation).Any(fact => Says(fact, "color", "red"))) return (CodeColor.Red, "isolation-order");
        if (Of(EvidenceKind.OfficerDecision).Any(fact => Says(fact, "color", "red"))) return (CodeColor.Red, "officers-red");
        if (Of(EvidenceKind.Exposure).Any(fact => fact.Minutes >= 15 && now < fact.At.AddDays(HasRecoveredShortlyBefore(fact) ? 7 : 14)))
            return (CodeColor.Yellow, "close-contact");
        if (Of(EvidenceKind.Isolation).Any(fact => Says(fact, "color", "yellow"))) return (CodeColor.Yellow, "home-isolation");
        if (Of(EvidenceKind.OfficerDecision).Any(fact => Says(fact, "color", "yellow"))) return (CodeColor.Yellow, "officers-yellow");
        if (Of(EvidenceKind.AreaRisk).Any(fact => Says(fact, "level", "high"))) return (CodeColor.Yellow, "high-risk-area");
        if (Of(EvidenceKind.RapidTest).Any(fact => Says(fact, "positive", "True") && IsYoungAndUnchecked(fact))) return (CodeColor.Yellow, "positive-rapid-test");
        if (Of(EvidenceKind.Temperature).Any(fact => Says(fact, "fever", "True") && IsYoungAndUnchecked(fact))) return (CodeColor.Yellow, "fever");
        if (Of(EvidenceKind.Symptoms).Any(fact => fact.Detail!.Contains("fever") && IsYoungAndUnchecked(fact))) return (CodeColor.Yellow, "symptoms");
        return (CodeColor.Green, "nothing-known");

        IEnumerable<Evidence> Of(EvidenceKind kind) => known.Where(fact => fact.Kind == kind);
        bool IsYoungAndUnchecked(Evidence fact) => now < fact.At.AddDays(3) && !Of(EvidenceKind.NegativeResult).Any(negative => negative.At > fact.At);
        // The rule looks at the newest recovery.
        bool HasRecoveredShortlyBefore(Evidence fact) => Of(EvidenceKind.Recovery).MaxBy(recovery => recovery.At) is { } newest && newest.At.AddDays(90) >= fact.At;
    }

    private static bool Says(Evidence fact, string member, string value) => JsonElement.Parse(fact.Detail!).GetProperty(member).ToString() == value;
}
