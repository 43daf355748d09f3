using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests.Domain;

public sealed class CodeDecisionTests
{
    private static readonly DateTimeOffset Now = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly Policy Policy = TestPolicy.Default;

    [Fact]
    public void Nothing_known_is_green_for_a_day()
    {
        var decision = CodeDecision.Decide(Policy, [], Now);

        (decision.Color, decision.Rule, decision.ValidUntil).ShouldBe((CodeColor.Green, "nothing-known", Now.AddHours(24)));
    }

    [Fact]
    public void A_positive_result_is_red_for_14_days_from_the_sample()
    {
        var result = Result(Now.AddDays(-14).AddMilliseconds(1));

        var decision = CodeDecision.Decide(Policy, [result], Now);

        (decision.Color, decision.Rule, decision.ValidUntil).ShouldBe((CodeColor.Red, "positive-result", Now.AddMilliseconds(1)));
        decision.Evidence.ShouldBe([result.Id]);
        CodeDecision.Decide(Policy, [result], Now.AddMilliseconds(1)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public void A_negative_result_changes_nothing() =>
        CodeDecision.Decide(Policy, [Result(Now, EvidenceKind.NegativeResult)], Now).Color.ShouldBe(CodeColor.Green);

    [Theory]
    [InlineData(14, CodeColor.Green)]
    [InlineData(15, CodeColor.Yellow)]
    [InlineData(600, CodeColor.Yellow)]
    public void An_exposure_counts_from_the_minutes_that_the_policy_names(int minutes, CodeColor color) =>
        CodeDecision.Decide(Policy, [Exposure(Now.AddDays(-1), minutes)], Now).Color.ShouldBe(color);

    [Fact]
    public void An_exposure_is_yellow_for_14_days_from_its_end()
    {
        var exposure = Exposure(Now.AddDays(-14).AddMilliseconds(1), 60);

        CodeDecision.Decide(Policy, [exposure], Now).ValidUntil.ShouldBe(Now.AddMilliseconds(1));
        CodeDecision.Decide(Policy, [exposure], Now.AddMilliseconds(1)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public void Red_goes_before_yellow_and_yellow_comes_after_red()
    {
        Evidence[] both = [Exposure(Now.AddDays(-1), 60), Result(Now.AddDays(-3))];

        CodeDecision.Decide(Policy, both, Now).Color.ShouldBe(CodeColor.Red);
        CodeDecision.Decide(Policy, both, Now.AddDays(11)).Color.ShouldBe(CodeColor.Yellow);
        CodeDecision.Decide(Policy, both, Now.AddDays(13)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public void An_older_sample_that_comes_later_never_shortens_what_a_newer_one_says()
    {
        Evidence newer = Result(Now.AddDays(-1)), older = Result(Now.AddDays(-10));

        CodeDecision.Decide(Policy, [newer, older], Now).ValidUntil.ShouldBe(Now.AddDays(13));
        CodeDecision.Decide(Policy, [older, newer], Now).ValidUntil.ShouldBe(Now.AddDays(13));
    }

    [Fact]
    public void The_order_of_the_evidence_never_matters()
    {
        var random = new Random(20220320);
        for (var round = 0; round < 500; round++)
        {
            var evidence = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Any(random)).ToArray();
            var shuffled = evidence.ToArray();
            random.Shuffle(shuffled);

            var (one, other) = (CodeDecision.Decide(Policy, evidence, Now), CodeDecision.Decide(Policy, shuffled, Now));

            (one.Color, one.Rule, one.ValidUntil).ShouldBe((other.Color, other.Rule, other.ValidUntil));
            one.Evidence.ShouldBe(other.Evidence);
        }
    }

    [Fact]
    public void The_evidence_that_a_decision_names_is_all_that_it_needs()
    {
        var random = new Random(20220321);
        for (var round = 0; round < 500; round++)
        {
            var evidence = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Any(random)).ToArray();
            var decision = CodeDecision.Decide(Policy, evidence, Now);

            var again = CodeDecision.Decide(Policy, [.. evidence.Where(fact => decision.Evidence.Contains(fact.Id))], Now);

            (again.Color, again.Rule, again.ValidUntil).ShouldBe((decision.Color, decision.Rule, decision.ValidUntil));
        }
    }

    private static Evidence Result(DateTimeOffset sampledAt, EvidenceKind kind = EvidenceKind.PositiveResult) => Stated(kind, sampledAt, minutes: null);

    private static Evidence Exposure(DateTimeOffset until, int minutes) => Stated(EvidenceKind.Exposure, until, minutes);

    private static Evidence Any(Random random)
    {
        var kind = (EvidenceKind)random.Next(1, 4);
        var evidence = Stated(kind, Now.AddHours(-random.Next(0, 24 * 20)), kind == EvidenceKind.Exposure ? random.Next(1, 30) : null);
        if (random.Next(4) == 0) evidence.Withdraw(Now);
        return evidence;
    }

    private static Evidence Stated(EvidenceKind kind, DateTimeOffset at, int? minutes)
    {
        var evidence = new Evidence { Id = Guid.CreateVersion7(), Kind = kind };
        evidence.State(at, minutes, statedAt: at);
        return evidence;
    }
}
