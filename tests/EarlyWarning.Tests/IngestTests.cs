using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class IngestTests(CityServers servers)
{
    private const string Neighbour = "3123N12148E";

    private static readonly JsonSerializerOptions AsServicesWrite = Options();

    [Fact]
    public async Task Days_of_which_reports_are_still_to_come_are_told_as_they_will_be()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        for (var day = 45; day >= 0; day--)
        {
            // Six of ten are told on the day, the others on the next.
            office.Clock.Set(WatchOffice.Noon.AddDays(-day).ToUniversalTime());
            await office.IngestAsync("sickLeave", $"area,at,value\n{WatchOffice.Cell},{WatchOffice.Day(day + 1):yyyy-MM-dd},10\n{WatchOffice.Cell},{WatchOffice.Day(day):yyyy-MM-dd},6\n");
        }

        var days = (await office.GetAsync(office.HealthOfficer, $"nowcast?stream=sickLeave&cell={WatchOffice.Cell}")).GetProperty("days").EnumerateArray().ToArray();

        days.Length.ShouldBe(14);
        var (yesterday, today) = (days[^2], days[^1]);
        (yesterday.GetProperty("reported").GetDouble(), yesterday.GetProperty("expected").GetDouble(), yesterday.GetProperty("upper").GetDouble()).ShouldBe((10, 10, 10));
        today.GetProperty("reported").GetDouble().ShouldBe(6);
        today.GetProperty("reportedShare").GetDouble().ShouldBe(0.6, 1e-9);
        today.GetProperty("expected").GetDouble().ShouldBe((7 / 0.6) - 1, 0.1);
        today.GetProperty("lower").GetDouble().ShouldBeLessThanOrEqualTo(10);
        today.GetProperty("upper").GetDouble().ShouldBeGreaterThanOrEqualTo(10);
        await office.GetAsync(office.HealthOfficer, "nowcast?stream=sensors", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_batch_counts_once_and_a_correction_stands_beside_what_was_known_before()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        const string first = "area,at,value\n3123N12147E,2026-03-19,10\n3123N12148E,2026-03-19,4\n";

        var receipt = await office.IngestAsync("sickLeave", first);
        var again = await office.IngestAsync("sickLeave", first);
        var known = office.Clock.GetUtcNow();
        office.Clock.Advance(TimeSpan.FromHours(1));
        var corrected = await office.IngestAsync("sickLeave", """{"area":"3123N12147E","at":"2026-03-19","value":7}""", type: "application/x-ndjson");

        (receipt.GetProperty("stored").GetInt32(), again.GetProperty("stored").GetInt32(), again.GetProperty("duplicates").GetInt32(), corrected.GetProperty("corrected").GetInt32()).ShouldBe((2, 0, 2, 1));
        (await office.CountsAsync("sickLeave"))[WatchOffice.Day(1)].ShouldBe(11);
        var then = await office.GetAsync(office.HealthOfficer, $"signals?stream=sickLeave&knownAt={Uri.EscapeDataString(known.ToString("O", CultureInfo.InvariantCulture))}");
        then.GetProperty("days")[0].GetProperty("value").GetDouble().ShouldBe(14);
        then.GetProperty("revision").GetInt64().ShouldBe(receipt.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task What_was_not_reported_is_missing_and_an_empty_value_takes_back()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.IngestAsync("sickLeave", "area,at,value\n3123N12147E,2026-03-17,0\n3123N12147E,2026-03-18,5\n3123N12147E,2026-03-20,3\n");

        await office.IngestAsync("sickLeave", "area,at,value\n3123N12147E,2026-03-18,\n");

        (await office.CountsAsync("sickLeave", WatchOffice.Cell)).ShouldBe(new Dictionary<DateOnly, int> { [WatchOffice.Day(3)] = 0, [WatchOffice.Day(0)] = 3 }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("sickLeave", "area,at,value\nnowhere,2026-03-19,1\n", "lines[2].area")]
    [InlineData("sickLeave", "area,at,value\n3123N12147E,2026-03-19,1\n3123N12147E,2026-03-19,-1\n", "lines[3].value")]
    [InlineData("sickLeave", "area,at,value\n3123N12147E,2026-03-25,1\n", "lines[2].at")]
    [InlineData("sickLeave", "area,at,value\n3123N12147E,2026-03-19T08:00:00+08:00,1\n", "lines[2].at")]
    [InlineData("sickLeave", "area,value\n", "lines[1]")]
    [InlineData("cases", "area,at,value\n3123N12147E,2026-03-19,1\n", "lines[2].kind")]
    [InlineData("otherCities", "area,at,value,kind\n3123N12147E,2026-03-19,1,610100\n", "lines[2].area")]
    public async Task A_wrong_line_refuses_the_batch_and_is_named(string stream, string body, string field)
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        var refusal = await office.IngestAsync(stream, body, HttpStatusCode.BadRequest);

        (refusal.GetProperty("code").GetString(), refusal.GetProperty("errors")[0].GetProperty("field").GetString()).ShouldBe(("line_invalid", field));
        (await office.Database.ScalarAsync<long>("SELECT count(*) FROM signal_values")).ShouldBe(0);
    }

    [Fact]
    public async Task A_total_that_falls_waits_for_a_person_and_growth_is_what_counts()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.IngestAsync("otherCities", "area,at,value,kind\ncity,2026-03-16,100,610100\ncity,2026-03-17,120,610100\ncity,2026-03-18,150,610100\n");

        var receipt = await office.IngestAsync("otherCities", "area,at,value,kind\ncity,2026-03-19,140,610100\ncity,2026-03-20,160,610100\n");
        var again = await office.IngestAsync("otherCities", "area,at,value,kind\ncity,2026-03-19,140,610100\n");

        (receipt.GetProperty("stored").GetInt32(), receipt.GetProperty("quarantined").GetInt32(), again.GetProperty("quarantined").GetInt32()).ShouldBe((1, 1, 0));
        // Two days' growth in one step is nobody's day.
        (await office.CountsAsync("otherCities")).ShouldBe(new Dictionary<DateOnly, int> { [WatchOffice.Day(3)] = 20, [WatchOffice.Day(2)] = 30 }, ignoreOrder: true);

        var waiting = (await office.GetAsync(office.HealthOfficer, "quarantine")).GetProperty("items")[0];
        (waiting.GetProperty("value").GetDouble(), waiting.GetProperty("neighbour").GetDouble()).ShouldBe((140, 150));
        var id = waiting.GetProperty("id").GetString();
        await office.PostAsync(office.HealthOfficer, $"quarantine/{id}/decision", new { accepted = true });
        await office.PostAsync(office.HealthOfficer, $"quarantine/{id}/decision", new { accepted = true });
        (await office.PostAsync(office.HealthOfficer, $"quarantine/{id}/decision", new { accepted = false }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("quarantine_decided");
        (await office.CountsAsync("otherCities"))[WatchOffice.Day(1)].ShouldBe(-10);
    }

    [Fact]
    public async Task Batches_of_one_stream_at_the_same_time_lose_nothing()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var batches = Enumerable.Range(0, 8).Select(batch => $"area,at,value\n{string.Concat(Enumerable.Range(0, 50).Select(i => $"{3100 + i}N12147E,2026-03-{10 + batch},{batch + i}\n"))}").ToArray();

        await Task.WhenAll(batches.Concat(batches).Select(batch => office.IngestAsync("sickLeave", batch)));

        (await office.Database.ScalarAsync<long>("SELECT count(*) FROM signal_values")).ShouldBe(400);
    }

    [Fact]
    public async Task Areas_of_the_grid_add_up_what_lies_in_them()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var keeper = office.App.As(Guid.CreateVersion7(), Roles.Operator);

        var grid = await office.PostAsync(keeper, "grid", JsonSerializer.SerializeToElement(TownGrid(), AsServicesWrite));
        await office.IngestAsync("sickLeave", $"area,at,value\n{WatchOffice.Cell},2026-03-19,10\n{Neighbour},2026-03-19,4\nC2,2026-03-19,100\n3000N12000E,2026-03-19,1000\n");

        (grid.GetProperty("communities").GetInt32(), grid.GetProperty("cells").GetInt32()).ShouldBe((2, 4));
        foreach (var (area, expected) in new[] { ("C1", 14), ("S1", 114), ("D1", 114), (WatchOffice.Cell, 10) }) (await office.CountsAsync("sickLeave", area))[WatchOffice.Day(1)].ShouldBe(expected, area);
        (await office.CountsAsync("sickLeave"))[WatchOffice.Day(1)].ShouldBe(1114);
        (await office.GetAsync(office.HealthOfficer, "grid?level=cell&parent=C1")).GetProperty("items").EnumerateArray().Select(cell => cell.GetProperty("code").GetString())
            .ShouldBe([WatchOffice.Cell, Neighbour]);
    }

    [Theory]
    [InlineData("area_parent_invalid", "features[1].properties.parent")]
    [InlineData("area_shape_invalid", "features[0].geometry.coordinates")]
    [InlineData("area_level_invalid", "features[0].properties.level")]
    [InlineData("area_code_invalid", "features[1].properties.code")]
    [InlineData("grid_too_large", "features")]
    public void A_grid_that_cannot_be_is_refused_with_the_place(string code, string field)
    {
        var (district, street, community) = (Feature("D1", AreaLevel.District, null), Feature("S1", AreaLevel.Street, "D1"), Feature("C1", AreaLevel.Community, "S1"));
        AreaFeature[] features = code switch
        {
            "area_parent_invalid" => [district, Feature("S1", AreaLevel.Street, "D9")],
            // A ring that crosses itself.
            "area_shape_invalid" => [district with { Geometry = Polygon([[121.47, 31.23], [121.49, 31.25], [121.49, 31.23], [121.47, 31.25], [121.47, 31.23]]) }],
            "area_level_invalid" => [Feature("X", AreaLevel.Cell, null)],
            "area_code_invalid" => [district, district],
            _ => [district, street, community with { Geometry = Polygon([[100, 20], [120, 20], [120, 40], [100, 40], [100, 20]]) }],
        };

        GridImport.TryMake(new AreaCollection("FeatureCollection", features), 1, out _).ShouldBe(new GridFault(code, field));
    }

    [Fact]
    public async Task A_feed_that_falls_silent_is_an_alarm_until_it_is_heard_again()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.IngestAsync("sickLeave", "area,at,value\n3123N12147E,2026-03-19,10\n");

        office.Clock.Advance(TimeSpan.FromHours(40));
        await Eventually.Async(async () => (await office.AlarmsAsync()).Length == 1);
        var silent = (await office.AlarmsAsync())[0];
        (silent.GetProperty("detector").GetString(), silent.GetProperty("observed").GetDouble()).ShouldBe(("silent-feed", 40));

        await office.IngestAsync("sickLeave", "area,at,value\n3123N12147E,2026-03-21,10\n");
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.Async(async () => (await office.AlarmsAsync())[0].TryGetProperty("unsupportedSince", out _));
    }

    [Fact]
    public async Task A_day_that_too_few_have_reported_is_an_alarm_and_is_not_known()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var batch = new StringBuilder("area,at,value\n");
        for (var cell = 0; cell < 10; cell++)
            for (var day = 8; day <= (cell < 5 ? 20 : 18); day++)
                batch.Append(CultureInfo.InvariantCulture, $"{3100 + cell}N12147E,2026-03-{day:00},10\n");
        // Half of them come back on the last day: no outbreak.
        for (var cell = 5; cell < 10; cell++) batch.Append(CultureInfo.InvariantCulture, $"{3100 + cell}N12147E,2026-03-20,10\n");

        await office.IngestAsync("sickLeave", batch.ToString());
        office.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.Async(async () => (await office.AlarmsAsync()).Length == 1);
        var alarm = (await office.AlarmsAsync())[0];
        (alarm.GetProperty("detector").GetString(), alarm.GetProperty("observed").GetDouble(), alarm.GetProperty("day").GetString()).ShouldBe(("reporting-incomplete", 0.5, "2026-03-19"));
        var counts = await office.CountsAsync("sickLeave");
        (counts.ContainsKey(WatchOffice.Day(1)), counts[WatchOffice.Day(0)], counts[WatchOffice.Day(2)]).ShouldBe((false, 100, 100));
    }

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(options);
        return options;
    }

    /// <summary>One district with one street of two communities, each of two cells.</summary>
    private static AreaCollection TownGrid() => new("FeatureCollection",
    [
        Feature("D1", AreaLevel.District, null), Feature("S1", AreaLevel.Street, "D1"), Feature("C1", AreaLevel.Community, "S1"),
        Feature("C2", AreaLevel.Community, "S1") with { Geometry = Polygon([[121.49, 31.23], [121.51, 31.23], [121.51, 31.24], [121.49, 31.24], [121.49, 31.23]]) },
    ]);

    private static AreaFeature Feature(string code, AreaLevel level, string? parent) => new(
        "Feature", new AreaProperties(code, level, code, code, parent), Polygon([[121.47, 31.23], [121.49, 31.23], [121.49, 31.24], [121.47, 31.24], [121.47, 31.23]]));

    private static AreaShape Polygon(double[][] ring) => new("Polygon", JsonSerializer.SerializeToElement<double[][][]>([ring]));
}
