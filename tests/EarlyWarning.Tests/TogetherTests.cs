using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

/// <summary>Rules that judge all areas together: clusters of neighbours, and many series with control of false discoveries.</summary>
public sealed class TogetherTests(CityServers servers)
{
    private static readonly object Scan = new { code = "sick-clusters", stream = "sickLeave", level = "cell", detector = "spaceTimeScan", department = "health-commission" };
    private static readonly object Monitor = new { code = "sick-weeks", stream = "sickLeave", level = "cell", detector = "outbreakMonitor", department = "health-commission", years = 3 };

    [Fact]
    public async Task A_cluster_of_neighbouring_cells_is_one_alarm_that_says_where_and_since_when()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.IngestAsync("sickLeave", Batch(days: 120, _ => 0.15));
        await GoLiveAsync(office, Scan, "sick-clusters", from: WatchOffice.Day(60));
        string[] cluster = [RuleTests.CellAt(4), RuleTests.CellAt(5), RuleTests.CellAt(6)];

        await office.IngestAsync("sickLeave", Text(
            Enumerable.Range(0, 10).SelectMany(cell => Enumerable.Range(0, 3).Select(day => (RuleTests.CellAt(cell), day, cell is 4 or 6 ? 2 : cell == 5 ? 3 : 0)))));
        await office.JudgedAsync();
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.Async(async () => (await office.AlarmsAsync()).Any(alarm => Day(alarm) == WatchOffice.Day(0)));

        var alarm = (await office.AlarmsAsync()).Single(alarm => Day(alarm) == WatchOffice.Day(0));
        (alarm.GetProperty("cell").GetString(), alarm.GetProperty("observed").GetDouble(), alarm.GetProperty("clusterFrom").GetString()).ShouldBe((cluster[1], 21, $"{WatchOffice.Day(2):yyyy-MM-dd}"));
        alarm.GetProperty("cluster").EnumerateArray().Select(cell => cell.GetString()!).Order().ShouldBe(cluster);
        alarm.GetProperty("observed").GetDouble().ShouldBeGreaterThan(alarm.GetProperty("upperBound").GetDouble());
        alarm.GetProperty("explanationEn").GetString()!.ShouldStartWith("21 observed in 3 neighbouring areas since ");
        alarm.GetProperty("explanationZh").GetString()!.ShouldContain("相邻 3 个区域");
        (await office.GetAsync(office.HealthOfficer, $"risk/{cluster[0]}")).GetProperty("parts").GetArrayLength().ShouldBe(1);
        await RecomputedAsync(office, alarm);

        // The ground goes: what was told was wrong.
        await office.IngestAsync("sickLeave", Text(Enumerable.Range(0, 10).SelectMany(cell => Enumerable.Range(0, 3).Select(day => (RuleTests.CellAt(cell), day, 0)))));
        await office.JudgedAsync();
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.Async(async () => (await office.AlarmsAsync()).All(alarm => alarm.TryGetProperty("unsupportedSince", out _)));
        await RecomputedAsync(office, alarm);
    }

    [Fact]
    public async Task Weeks_of_all_cells_are_judged_together_once_they_are_over()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.IngestAsync("sickLeave", Batch(days: 7 * 240, _ => 1));
        await GoLiveAsync(office, Monitor, "sick-weeks", from: WatchOffice.Day(7 * 52));

        // The week ends on Sunday, and is judged on Monday.
        office.Clock.Set(WatchOffice.Noon.AddDays(2).ToUniversalTime());
        await office.IngestAsync("sickLeave", Text(Enumerable.Range(0, 10).SelectMany(cell => Enumerable.Range(0, 7).Select(day => (RuleTests.CellAt(cell), 4 - day, cell == 3 ? 6 : 1)))));
        office.Clock.Set(WatchOffice.Noon.AddDays(3).ToUniversalTime());
        await Eventually.Async(async () => (await office.AlarmsAsync()).Any(alarm => Day(alarm) == new DateOnly(2026, 3, 22)));

        var alarm = (await office.AlarmsAsync()).Single(alarm => Day(alarm) == new DateOnly(2026, 3, 22));
        (alarm.GetProperty("cell").GetString(), alarm.GetProperty("detector").GetString(), alarm.GetProperty("baseline").GetArrayLength()).ShouldBe((RuleTests.CellAt(3), "outbreak-monitor", 181));
        await RecomputedAsync(office, alarm);
    }

    [Theory]
    [InlineData("spaceTimeScan", "cases", "city", "level")]
    [InlineData("spaceTimeScan", "sensors", "cell", "stream")]
    [InlineData("outbreakMonitor", "sensors", "cell", "stream")]
    public async Task What_cannot_be_judged_together_is_refused(string detector, string stream, string level, string field)
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        var refusal = await office.PostAsync(office.HealthOfficer, "rules", new { code = "x", stream, level, detector, department = "health-commission" }, HttpStatusCode.BadRequest);

        refusal.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public void An_area_lies_in_the_middle_of_its_cells()
    {
        GridArea Area(string code, AreaLevel level, string? parent) => new() { Grid = 1, Code = code, Level = level, Parent = parent, NameEn = code, NameZh = code };
        var grid = new Grid(1, [
            Area("d", AreaLevel.District, null), Area("s", AreaLevel.Street, "d"), Area("c", AreaLevel.Community, "s"),
            Area("3123N12147E", AreaLevel.Cell, "c"), Area("3125N12147E", AreaLevel.Cell, "c")]);

        foreach (var code in (string[])["c", "s", "d"])
        {
            var (latitude, longitude) = grid.CentreOf(code).ShouldNotBeNull();
            (Math.Round(latitude, 6), Math.Round(longitude, 6)).ShouldBe((31.245, 121.475));
        }

        grid.CentreOf("city").ShouldBeNull();
    }

    private static async Task GoLiveAsync(WatchOffice office, object rule, string code, DateOnly from)
    {
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        await office.PostAsync(office.HealthOfficer, "rules", rule);
        var test = await office.PostAsync(office.HealthOfficer, $"rules/{code}/versions/1/backtests", new { from, until = WatchOffice.Day(1) });
        test.GetProperty("passed").GetBoolean().ShouldBeTrue(test.ToString());
        await office.PostAsync(approver, $"rules/{code}/versions/1/approval");
    }

    private static async Task RecomputedAsync(WatchOffice office, JsonElement alarm)
    {
        var again = await office.GetAsync(office.HealthOfficer, $"judgements/{alarm.GetProperty("hash").GetString()}");
        (again.GetProperty("same").GetBoolean(), again.GetProperty("isAlarm").GetBoolean(), again.GetProperty("observed").GetDouble()).ShouldBe((true, true, alarm.GetProperty("observed").GetDouble()));
    }

    private static DateOnly Day(JsonElement alarm) => DateOnly.Parse(alarm.GetProperty("day").GetString()!, CultureInfo.InvariantCulture);

    /// <summary>Ten cells, side by side from south to north, up to today.</summary>
    private static string Batch(int days, Func<int, double> mean)
    {
        var random = new Random(11);
        return Text(Enumerable.Range(0, 10).SelectMany(cell => Enumerable.Range(0, days).Select(day => (RuleTests.CellAt(cell), day, MathNet.Numerics.Distributions.Poisson.Sample(random, mean(cell))))));
    }

    private static string Text(IEnumerable<(string Cell, int DaysAgo, int Value)> values) =>
        new StringBuilder("area,at,value\n").AppendJoin('\n', values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Cell},{WatchOffice.Day(value.DaysAgo):yyyy-MM-dd},{value.Value}"))).Append('\n').ToString();
}
