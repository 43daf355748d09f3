using SmartCity.EarlyWarning.Detection;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class AlarmTests(CityServers servers)
{
    private static readonly SeriesRule Rule = new(DetectorKind.EarsC2, MinimumSigma: 1, MinimumCount: 3);

    [Theory]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, false)]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 }, false)]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 4 }, true)]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 9, 9, 4 }, true)]
    [InlineData(new double[] { 4, 6, 5, 5, 4, 6, 5, 0, 0, 8 }, false)]
    [InlineData(new double[] { 4, 6, 5, 5, 4, 6, 5, 0, 0, 9 }, true)]
    public void A_day_is_judged_by_seven_days_that_end_three_days_before_it(double[] days, bool alarm) =>
        new SeriesJudge(Rule).Judge(days, days.Length - 1).Alarm.ShouldBe(alarm);

    [Fact]
    public void Days_that_nobody_observed_raise_no_alarm() =>
        new SeriesJudge(Rule).Judge([double.NaN, double.NaN, double.NaN, 0, 0, 0, 0, 0, 0, 50], 9).HasAnswer.ShouldBeFalse();

    [Fact]
    public async Task A_jump_after_quiet_days_raises_one_alarm_for_the_cell_and_one_for_the_city_that_show_their_ground()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await ObserveAsync(office);

        await office.ConfirmAsync(daysAgo: 0, cases: 6);

        var alarms = await office.AlarmsAsync();
        alarms.Length.ShouldBe(2);
        alarms.Select(alarm => alarm.TryGetProperty("cell", out var cell) ? cell.GetString() : null).ShouldBe([WatchOffice.Cell, null], ignoreOrder: true);
        alarms.ShouldAllBe(alarm => alarm.GetProperty("observed").GetDouble() == 6 && alarm.GetProperty("baseline").GetArrayLength() == 9
            && alarm.GetProperty("upperBound").GetDouble() < 6 && alarm.GetProperty("day").GetString() == "2026-03-20");
    }

    [Fact]
    public async Task A_city_that_has_only_just_begun_to_observe_raises_no_alarm()
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        await office.ConfirmAsync(daysAgo: 0, cases: 20);

        (await office.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alarm_whose_cases_are_withdrawn_stays_on_record_as_unsupported()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await ObserveAsync(office);
        var cases = await office.ConfirmAsync(daysAgo: 0, cases: 5);
        await office.JudgedAsync();

        await office.PublishAsync([.. cases.Take(4).Select(confirmed => new CaseWithdrawn(confirmed.CaseId, confirmed.CitizenId, confirmed.Cell, confirmed.OnsetAt, confirmed.ConfirmedAt.AddMinutes(1)))]);

        var alarms = await office.AlarmsAsync();
        alarms.Length.ShouldBe(2);
        alarms.ShouldAllBe(alarm => alarm.GetProperty("observed").GetDouble() == 1 && alarm.ToString().Contains("unsupportedSince", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cases_heard_of_late_raise_the_alarm_of_their_own_day()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await ObserveAsync(office);
        await office.ConfirmAsync(daysAgo: 0, cases: 1);

        await office.ConfirmAsync(daysAgo: 2, cases: 6);

        (await office.AlarmsAsync()).Select(alarm => alarm.GetProperty("day").GetString()).Distinct().ShouldBe(["2026-03-18"]);
    }

    /// <summary>The city is open since three weeks: there were visits, and nobody was ill.</summary>
    private static Task ObserveAsync(WatchOffice office)
    {
        var then = WatchOffice.Noon.AddDays(-21).ToUniversalTime();
        return office.PublishAsync(new VisitsCounted(WatchOffice.Cell, then, 10, then.AddHours(1)));
    }
}
