using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class RuleTests(CityServers servers)
{
    private static readonly object SickRule = new { code = "sick-cell", stream = "sickLeave", level = "cell", detector = "earsC2", department = "health-commission", minimumSigma = 1.0, minimumCount = 5 };

    [Fact]
    public async Task No_rule_goes_live_without_a_backtest_that_passed_and_a_second_person()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        using var author = office.App.As(office.Officer, Roles.Approver);
        await office.IngestAsync("sickLeave", Calm(days: 200));

        await office.PostAsync(office.HealthOfficer, "rules", SickRule);
        (await office.PostAsync(office.HealthOfficer, "rules", SickRule)).GetProperty("version").GetInt32().ShouldBe(1);
        (await office.PostAsync(approver, "rules/sick-cell/versions/1/approval", expected: HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("backtest_missing");
        var test = await BacktestAsync(office, 1);
        await office.PostAsync(author, "rules/sick-cell/versions/1/approval", expected: HttpStatusCode.Forbidden);
        var live = await office.PostAsync(approver, "rules/sick-cell/versions/1/approval");

        test.GetProperty("passed").GetBoolean().ShouldBeTrue(test.ToString());
        (test.GetProperty("areas").GetInt32(), test.GetProperty("injected").GetInt32() > 0, test.GetProperty("injectedDetected").GetInt32() > 0).ShouldBe((10, true, true));
        live.GetProperty("state").GetString().ShouldBe("live");
        await office.IngestAsync("sickLeave", $"area,at,value\n{CellAt(0)},2026-03-20,90\n");
        var alarm = (await office.AlarmsAsync()).ShouldHaveSingleItem();
        (alarm.GetProperty("rule").GetString(), alarm.GetProperty("cell").GetString(), alarm.GetProperty("hold").GetString()).ShouldBe(("sick-cell", CellAt(0), "none"));
    }

    [Fact]
    public async Task A_rule_that_cries_wolf_fails_its_backtest_and_stays_a_draft()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        await office.IngestAsync("sickLeave", Calm(days: 200));
        await office.PostAsync(office.HealthOfficer, "rules", new { code = "sick-cell", stream = "sickLeave", level = "cell", detector = "earsC1", department = "health-commission", alpha = 0.4, minimumSigma = 0.0 });

        var test = await BacktestAsync(office, 1);

        test.GetProperty("passed").GetBoolean().ShouldBeFalse(test.ToString());
        test.GetProperty("falseAlarmRate").GetDouble().ShouldBeGreaterThan(0.1);
        await office.PostAsync(approver, "rules/sick-cell/versions/1/approval", expected: HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_next_version_takes_the_place_of_the_live_one()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await GoLiveAsync(office);
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);

        var next = await office.PostAsync(office.HealthOfficer, "rules", new { code = "sick-cell", stream = "sickLeave", level = "cell", detector = "earsC2", department = "health-commission", minimumCount = 8 });
        await BacktestAsync(office, 2);
        await office.PostAsync(approver, "rules/sick-cell/versions/2/approval");

        next.GetProperty("version").GetInt32().ShouldBe(2);
        var versions = (await office.GetAsync(office.HealthOfficer, "rules?limit=100")).GetProperty("items").EnumerateArray().Where(rule => rule.GetProperty("rule").GetProperty("code").GetString() == "sick-cell");
        versions.Select(rule => rule.GetProperty("state").GetString()).ShouldBe(["retired", "live"]);
    }

    [Theory]
    [InlineData("alpha", 0.9)]
    [InlineData("years", 3)]
    [InlineData("factor", 2)]
    [InlineData("limit", 1)]
    public async Task A_parameter_that_the_detector_does_not_have_or_that_is_out_of_range_is_named(string parameter, double value)
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var rule = new Dictionary<string, object> { ["code"] = "x", ["stream"] = "cases", ["level"] = "city", ["detector"] = "earsC1", ["department"] = "health-commission", [parameter] = parameter == "years" ? 3 : value };

        var refusal = await office.PostAsync(office.HealthOfficer, "rules", rule, HttpStatusCode.BadRequest);

        refusal.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(parameter);
    }

    [Fact]
    public async Task Every_alarm_is_recomputed_from_its_hash_whatever_was_corrected_since()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await GoLiveAsync(office);
        await office.IngestAsync("sickLeave", $"area,at,value\n{CellAt(0)},2026-03-20,90\n");
        var before = (await office.AlarmsAsync()).ShouldHaveSingleItem();
        var hash = before.GetProperty("hash").GetString();

        // The day itself and its baseline are corrected, and the baseline is declared an outbreak.
        await office.IngestAsync("sickLeave", $"area,at,value\n{CellAt(0)},2026-03-20,9\n{CellAt(0)},2026-03-15,88\n");
        await office.JudgedAsync();
        await office.PostAsync(office.HealthOfficer, "outbreaks", new { stream = "sickLeave", from = "2026-03-10", until = "2026-03-16", note = "Known" });
        var after = (await office.AlarmsAsync()).Single(alarm => alarm.GetProperty("alarmId").GetString() == before.GetProperty("alarmId").GetString());
        await office.GetAsync(office.HealthOfficer, $"judgements/{hash}");
        var clock = Stopwatch.StartNew();
        var again = await office.GetAsync(office.HealthOfficer, $"judgements/{hash}");
        TestContext.Current.SendDiagnosticMessage($"Recomputed in {clock.ElapsedMilliseconds} ms.");

        after.GetProperty("hash").GetString().ShouldNotBe(hash);
        after.TryGetProperty("unsupportedSince", out _).ShouldBeTrue();
        (again.GetProperty("same").GetBoolean(), again.GetProperty("isAlarm").GetBoolean(), again.GetProperty("observed").GetDouble()).ShouldBe((true, true, 90));
        again.GetProperty("upperBound").GetDouble().ShouldBe(before.GetProperty("upperBound").GetDouble());
        (await office.GetAsync(office.HealthOfficer, $"judgements/{after.GetProperty("hash").GetString()}")).GetProperty("same").GetBoolean().ShouldBeTrue();
        await office.GetAsync(office.HealthOfficer, "judgements/0000", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_known_outbreak_leaves_the_baseline_but_is_still_judged()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await GoLiveAsync(office);
        var outbreak = string.Concat(Enumerable.Range(11, 7).Select(day => $"{CellAt(0)},2026-03-{day},80\n"));
        await office.IngestAsync("sickLeave", $"area,at,value\n{outbreak}");
        var during = await office.AlarmsAsync();

        // The next one is as large: judged by the days of the last, it would be ordinary.
        await office.PostAsync(office.HealthOfficer, "outbreaks", new { stream = "sickLeave", area = CellAt(0), from = "2026-03-14", until = "2026-03-17", note = "Known" });
        await office.IngestAsync("sickLeave", $"area,at,value\n{CellAt(0)},2026-03-20,81\n");

        during.Length.ShouldBeGreaterThan(0);
        var next = (await office.AlarmsAsync()).Where(alarm => alarm.GetProperty("day").GetString() == "2026-03-20").ToArray();
        next.ShouldBeEmpty("three days are too few for a baseline: what is not known raises no alarm");
        (await office.CountsAsync("sickLeave", CellAt(0)))[new DateOnly(2026, 3, 15)].ShouldBe(80);
    }

    [Fact]
    public async Task Alarms_near_each_other_are_one_event_with_one_call_and_people_decide_what_it_is()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await GoLiveAsync(office);
        await office.IngestAsync("sickLeave", $"area,at,value\n{CellAt(0)},2026-03-18,90\n{CellAt(0)},2026-03-19,95\n{CellAt(1)},2026-03-19,90\n{CellAt(7)},2026-03-19,90\n");

        var alarms = await office.AlarmsAsync();
        var events = (await office.GetAsync(office.HealthOfficer, "events")).GetProperty("items").EnumerateArray().ToArray();

        alarms.Length.ShouldBe(4);
        alarms.Count(alarm => alarm.GetProperty("hold").GetString() == "coolDown").ShouldBe(1);
        events.Select(happening => happening.GetProperty("alarms").GetInt32()).ShouldBe([3, 1], ignoreOrder: true);
        var id = events.Single(happening => happening.GetProperty("alarms").GetInt32() == 3).GetProperty("eventId").GetString();
        using var stranger = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);
        await office.PostAsync(stranger, $"events/{id}/decision", new { state = "confirmed", reason = "x" }, HttpStatusCode.Forbidden);
        await office.PostAsync(office.HealthOfficer, $"events/{id}/decision", new { state = "confirmed", reason = "Two schools report the same" });
        (await office.PostAsync(office.HealthOfficer, $"events/{id}/decision", new { state = "dismissed", reason = "x" }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("event_step_invalid");
        await office.PostAsync(office.HealthOfficer, $"events/{id}/decision", new { state = "closed", reason = "Over" });
        (await office.GetAsync(office.HealthOfficer, $"alarms?event={id}")).GetProperty("items").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Signals_of_a_cell_taken_together_are_proposed_to_the_health_code()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await using var tap = await BrokerTap<AreaRiskProposed>.OnAsync(office.Broker);
        await office.PublishAsync(new PlaceRegistration.Contracts.VisitsCounted(WatchOffice.Cell, WatchOffice.Noon.AddDays(-21), 10, WatchOffice.Noon));

        await office.ConfirmAsync(daysAgo: 0, cases: 12);
        await office.JudgedAsync();

        var risk = await office.GetAsync(office.HealthOfficer, $"risk/{WatchOffice.Cell}");
        risk.GetProperty("level").GetString().ShouldBe("high");
        risk.GetProperty("parts")[0].GetProperty("stream").GetString().ShouldBe("cases");
        await Eventually.Async(() => tap.Events.Any(proposed => proposed.Level == AreaRisk.High));
        var proposals = (await office.GetAsync(office.HealthOfficer, "risk-proposals")).GetProperty("items").EnumerateArray().ToArray();
        proposals.ShouldContain(proposal => proposal.GetProperty("level").GetString() == "high");
        tap.Events.ShouldAllBe(proposed => proposed.Cell == WatchOffice.Cell);
    }

    private static async Task GoLiveAsync(WatchOffice office)
    {
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        await office.IngestAsync("sickLeave", Calm(days: 200));
        await office.PostAsync(office.HealthOfficer, "rules", SickRule);
        await BacktestAsync(office, 1);
        await office.PostAsync(approver, "rules/sick-cell/versions/1/approval");
        await office.JudgedAsync();
    }

    private static Task<JsonElement> BacktestAsync(WatchOffice office, int version) =>
        office.PostAsync(office.HealthOfficer, $"rules/sick-cell/versions/{version}/backtests", new { from = "2025-10-01", until = "2026-03-19" });

    internal static string CellAt(int index) => string.Create(CultureInfo.InvariantCulture, $"{3123 + index}N12147E");

    /// <summary>Ten cells, side by side from south to north, with ordinary numbers up to yesterday.</summary>
    internal static string Calm(int days)
    {
        var random = new Random(7);
        var batch = new StringBuilder("area,at,value\n");
        for (var cell = 0; cell < 10; cell++)
            for (var day = days; day >= 1; day--)
                batch.Append(CultureInfo.InvariantCulture, $"{CellAt(cell)},{WatchOffice.Day(day):yyyy-MM-dd},{10 + random.Next(0, 5)}\n");
        return batch.ToString();
    }
}
