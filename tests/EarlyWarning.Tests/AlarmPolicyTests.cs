using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Tests;

/// <summary>Whom an alarm calls: each of the three reasons to call nobody, at its edge.</summary>
public sealed class AlarmPolicyTests
{
    private static readonly DateOnly Today = new(2026, 3, 20);

    private static readonly DetectionOptions Options = new()
    {
        CoolDownDays = 3, FlapLimit = 3, FlapDays = 28, DefaultBudget = 2, Budgets = new Dictionary<string, int> { ["transport"] = 1 },
    };

    [Theory]
    [InlineData(3, Hold.CoolDown)]
    [InlineData(4, Hold.None)]
    public void Within_the_cool_down_of_a_call_the_same_rule_calls_nobody_again_in_the_same_area(int daysAgo, Hold hold)
    {
        AlarmPolicy.Judge(Alarm(0), [Alarm(daysAgo)], Options).ShouldBe(hold);
        AlarmPolicy.Judge(Alarm(0), [Alarm(daysAgo, area: "elsewhere")], Options).ShouldBe(Hold.None);
        AlarmPolicy.Judge(Alarm(0), [Alarm(daysAgo, rule: "another")], Options).ShouldBe(Hold.None);
    }

    [Fact]
    public void An_alarm_that_called_nobody_starts_no_cool_down() =>
        AlarmPolicy.Judge(Alarm(0), [Alarm(2, hold: Hold.CoolDown)], Options).ShouldBe(Hold.None);

    [Theory]
    [InlineData(new[] { 6, 10, 14 }, Hold.Flapping)]
    [InlineData(new[] { 10, 14 }, Hold.None)]
    [InlineData(new[] { 6, 10, 11, 12 }, Hold.None)]
    [InlineData(new[] { 6, 10, 28 }, Hold.None)]
    public void A_rule_that_began_to_alarm_three_times_within_four_weeks_flaps_and_one_long_alarm_is_one_beginning(int[] daysAgo, Hold hold) =>
        AlarmPolicy.Judge(Alarm(0), [.. daysAgo.Select(days => Alarm(days, hold: Hold.Flapping))], Options).ShouldBe(hold);

    [Fact]
    public void Over_its_budget_of_seven_days_a_department_is_not_called_and_each_has_its_own()
    {
        Alarm[] called = [Alarm(0, area: "a"), Alarm(6, area: "b")];

        AlarmPolicy.Judge(Alarm(0, area: "c"), called, Options).ShouldBe(Hold.Budget);
        AlarmPolicy.Judge(Alarm(0, area: "c"), [called[0], Alarm(7, area: "b")], Options).ShouldBe(Hold.None);
        AlarmPolicy.Judge(Alarm(0, area: "c"), [called[0], Alarm(6, area: "b", hold: Hold.CoolDown)], Options).ShouldBe(Hold.None);
        AlarmPolicy.Judge(Alarm(0, area: "c", department: "transport"), [Alarm(1, area: "a", department: "transport")], Options).ShouldBe(Hold.Budget);
    }

    private static Alarm Alarm(int daysAgo, string area = "here", string rule = "rule", Hold hold = Hold.None, string department = "health-commission") => new()
    {
        Id = Guid.CreateVersion7(), Stream = SignalStream.Cases, Area = area, Day = Today.AddDays(-daysAgo), Rule = rule, Detector = "ears-c2", Department = department, Hold = hold,
        RaisedAt = new DateTimeOffset(Today.AddDays(-daysAgo), TimeOnly.MinValue, TimeSpan.Zero),
    };
}
