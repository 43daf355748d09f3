using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests.Domain;

public sealed class CitizenCodeTests
{
    private static readonly DateTimeOffset Now = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly Policy Policy = TestPolicy.Default;

    private readonly CitizenCode code = new() { CitizenId = new CitizenId(Guid.CreateVersion7()) };

    [Fact]
    public void The_first_decision_is_news_from_nothing_to_green()
    {
        var change = code.Reconsider(Policy, [], ChangeCause.Registered, Now).ShouldNotBeNull();

        var news = change.ToEvent("3123N12147E").ShouldNotBeNull();
        (news.From, news.To, news.Version, news.Cell).ShouldBe((CodeColor.Unspecified, CodeColor.Green, 1, "3123N12147E"));
    }

    [Fact]
    public void A_renewed_green_code_has_a_new_version_but_is_no_news()
    {
        code.Reconsider(Policy, [], ChangeCause.Registered, Now);

        code.Reconsider(Policy, [], ChangeCause.TimePassed, Now.AddDays(1)).ShouldBeNull();
        (code.Version, code.ValidUntil).ShouldBe((2, Now.AddDays(2)));
    }

    [Fact]
    public void A_second_reason_for_the_same_colour_is_history_but_no_news()
    {
        Evidence first = Positive(), second = Positive();
        code.Reconsider(Policy, [first], ChangeCause.ResultReported, Now);

        var change = code.Reconsider(Policy, [first, second], ChangeCause.ResultReported, Now).ShouldNotBeNull();

        change.Evidence.ShouldBe([first.Id, second.Id], ignoreOrder: true);
        change.ToEvent(homeCell: null).ShouldBeNull();
    }

    [Fact]
    public void The_same_answer_again_changes_no_version_but_counts_as_a_look()
    {
        var evidence = Positive();
        code.Reconsider(Policy, [evidence], ChangeCause.ResultReported, Now);

        code.Reconsider(Policy, [evidence], ChangeCause.ResultReported, Now.AddHours(1)).ShouldBeNull();

        (code.Version, code.Revision).ShouldBe((1, 2));
    }

    [Fact]
    public void A_code_is_due_at_its_end_and_under_another_policy()
    {
        code.Reconsider(Policy, [], ChangeCause.Registered, Now);

        code.IsDue(Policy, Now.AddHours(24).AddTicks(-1)).ShouldBeFalse();
        code.IsDue(Policy, Now.AddHours(24)).ShouldBeTrue();
        code.IsDue(TestPolicy.Newest, Now).ShouldBeTrue();
    }

    private static Evidence Positive()
    {
        var evidence = new Evidence { Id = Guid.CreateVersion7(), Kind = EvidenceKind.PositiveResult };
        evidence.State(Now.AddDays(-1), minutes: null, Now);
        return evidence;
    }
}
