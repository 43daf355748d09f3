using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Grpc.Core;
using SmartCity.EarlyWarning.Contracts.V1;
using SmartCity.EarlyWarning.Domain;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class CockpitTests(CityServers servers)
{
    [Fact]
    public async Task The_cockpit_shows_what_is_known_with_its_age_and_says_where_nothing_is()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var empty = await office.GetAsync(office.HealthOfficer, "cockpit");
        Figure(empty, "cases.today").TryGetProperty("value", out _).ShouldBeFalse();
        Figure(empty, "cases.today").GetProperty("missing").GetString().ShouldBe("notHeard");
        Figure(empty, "codes.red").GetProperty("missing").GetString().ShouldBe("notHeard");

        await EpidemicAsync(office);
        var noon = WatchOffice.Noon.ToUniversalTime();
        await office.PublishAsync(new CodesCounted(WatchOffice.Cell, 100, 20, 6, noon.AddMinutes(-10)), new CodesCounted("3124N12147E", 50, 0, 0, noon.AddMinutes(-20)));
        await office.PublishAsync(new CodesCounted(WatchOffice.Cell, 1, 1, 1, noon.AddMinutes(-40)));
        await office.WarnAsync(WarningTests.Request());
        await office.WarnAsync(WarningTests.Request() with { Exercise = true });
        await ResponseTests.DrillAsync(office);
        office.Clock.Advance(TimeSpan.FromMinutes(5));

        // What was just asked is kept for two seconds.
        var city = await EventuallyAsync(office, "cockpit", view => Figure(view, "warnings.open").GetProperty("value").GetDouble() == 1);
        Figure(city, "codes.green").GetProperty("value").GetDouble().ShouldBe(150);
        Figure(city, "codes.red").GetProperty("ageSeconds").GetInt64().ShouldBe(15 * 60);
        Figure(city, "tasks.open").GetProperty("value").GetDouble().ShouldBe(0);
        var r = Figure(city, "reproduction");
        r.GetProperty("lower").GetDouble().ShouldBeLessThan(r.GetProperty("value").GetDouble());
        r.GetProperty("value").GetDouble().ShouldBeGreaterThan(1);
        city.GetProperty("forecast").GetArrayLength().ShouldBe(7);
        city.GetProperty("forecast").EnumerateArray().ShouldAllBe(day => day.GetProperty("lower").GetDouble() <= day.GetProperty("mean").GetDouble() && day.GetProperty("mean").GetDouble() <= day.GetProperty("upper").GetDouble());
        var cell = await office.GetAsync(office.HealthOfficer, "cockpit?cell=3124N12147E");
        Figure(cell, "codes.green").GetProperty("value").GetDouble().ShouldBe(50);
        Figure(cell, "warnings.open").GetProperty("value").GetDouble().ShouldBe(0);
        await office.GetAsync(office.HealthOfficer, "cockpit?cell=nowhere", HttpStatusCode.BadRequest);
        foreach (var figure in city.GetProperty("figures").EnumerateArray())
        {
            using var parts = await office.HealthOfficer.GetAsync(figure.GetProperty("link").GetString());
            parts.StatusCode.ShouldBe(HttpStatusCode.OK, figure.GetProperty("link").GetString());
        }
    }

    [Fact]
    public async Task The_course_and_the_map_say_by_day_and_cell_what_is_known()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await EpidemicAsync(office);
        var noon = WatchOffice.Noon.ToUniversalTime();
        await office.PublishAsync(new CodesCounted(WatchOffice.Cell, 100, 20, 6, noon.AddDays(-3)), new CodesCounted("3124N12147E", 50, 0, 0, noon.AddDays(-40)), new CodesCounted(WatchOffice.Cell, 90, 25, 11, noon));

        JsonElement[] days = [];
        await Eventually.Async(async () => (days = [.. (await office.GetAsync(office.HealthOfficer, "cockpit/course")).GetProperty("days").EnumerateArray()])[^1].TryGetProperty("codes", out var codes) && codes.GetProperty("red").GetInt32() == 11);
        days.Length.ShouldBe(28);
        days[^1].GetProperty("cases").GetDouble().ShouldBe(14);
        days[^1].GetProperty("reproduction").GetProperty("lower").GetDouble().ShouldBeLessThan(days[^1].GetProperty("reproduction").GetProperty("mean").GetDouble());
        days[0].TryGetProperty("reproduction", out _).ShouldBeFalse();
        days[^2].GetProperty("codes").GetProperty("green").GetInt32().ShouldBe(150);
        days[^5].GetProperty("codes").GetProperty("green").GetInt32().ShouldBe(50);
        (await office.GetAsync(office.HealthOfficer, "cockpit/course?cell=3124N12147E")).GetProperty("days")[27].GetProperty("codes").GetProperty("green").GetInt32().ShouldBe(50);
        await office.GetAsync(office.HealthOfficer, "cockpit/course?cell=nowhere", HttpStatusCode.BadRequest);

        var cell = (await office.GetAsync(office.HealthOfficer, "cockpit/map")).GetProperty("cells").EnumerateArray().Single(cell => cell.GetProperty("cell").GetString() == WatchOffice.Cell);
        cell.GetProperty("cases").GetInt32().ShouldBe(14 + 13 + 12 + 11 + 10 + 9 + 8);
        var risk = await office.GetAsync(office.HealthOfficer, $"risk/{WatchOffice.Cell}");
        cell.GetProperty("score").GetDouble().ShouldBe(risk.GetProperty("score").GetDouble());
    }

    [Fact]
    public async Task Whoever_has_the_newest_figures_hears_that_nothing_changed_however_old_they_grow()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await EpidemicAsync(office);
        using var first = await office.HealthOfficer.GetAsync("/early-warning/v1/cockpit");
        office.Clock.Advance(TimeSpan.FromMinutes(3));

        (await AgainAsync(office, first.Headers.ETag!)).ShouldBe(HttpStatusCode.NotModified);
        await office.ConfirmAsync(daysAgo: 0, cases: 1);

        await Eventually.Async(async () => await AgainAsync(office, first.Headers.ETag!) == HttpStatusCode.OK);
        first.Headers.CacheControl!.Private.ShouldBeTrue();
    }

    [Fact]
    public async Task The_stream_of_the_cockpit_speaks_when_a_figure_changed()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var stream = await office.HealthOfficer.GetStreamAsync("/early-warning/v1/cockpit/stream");
        using var lines = new StreamReader(stream);
        Figure(await NextAsync(lines), "warnings.open").GetProperty("value").GetDouble().ShouldBe(0);

        await office.WarnAsync(WarningTests.Request());

        Figure(await NextAsync(lines), "warnings.open").GetProperty("value").GetDouble().ShouldBe(1);
    }

    [Fact]
    public async Task Other_services_get_the_figures_of_a_day_and_only_with_the_scope()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await EpidemicAsync(office);
        var client = new Figures.FiguresClient(office.App.Grpc());
        var scope = office.App.AsService("government-services", "early-warning:figures");

        var today = await client.GetDailyAsync(new GetDailyRequest { Date = "2026-03-20" }, scope);
        today.NewCases.ShouldBe(14);
        today.Reproduction.Mean.ShouldBeGreaterThan(1);
        today.Codes.ShouldBeNull();
        (await client.GetDailyAsync(new GetDailyRequest { Date = "2026-01-01" }, scope)).HasNewCases.ShouldBeFalse();
        foreach (var date in new[] { "2026-03-21", "20-03-2026", "" })
        {
            (await Should.ThrowAsync<RpcException>(async () => await client.GetDailyAsync(new GetDailyRequest { Date = date }, scope))).StatusCode.ShouldBe(StatusCode.InvalidArgument);
        }

        (await Should.ThrowAsync<RpcException>(async () => await client.GetDailyAsync(new GetDailyRequest { Date = "2026-03-20" }, office.App.AsService("x", "other:scope")))).StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    [Fact]
    public void The_index_is_the_weighted_mean_of_what_is_known_and_says_how_much_is()
    {
        var set = new IndicatorSet(1, [
            new("a", "A", "甲", 3, [new("a1", "", "", 1, "x", 0, 2), new("a2", "", "", 3, null, 0, 1, "No data.", "无。")]),
            new("b", "B", "乙", 1, [new("b1", "", "", 1, "y", 10, 0)]),
            new("c", "C", "丙", 4, [new("c1", "", "", 1, "z", 0, 1)]),
        ]);

        var index = CityIndex.Compute(set, new Dictionary<string, Measured> { ["x"] = new(1, 5), ["y"] = new(12, 5), ["z"] = new(null, 0) });

        index.Parts.Select(dimension => dimension.Score).ShouldBe([50, 0, null]);
        index.Score.ShouldBe(37.5);
        index.Coverage.ShouldBe(((3 * 0.25) + 1) / 8);
        index.Parts[2].MissingZh.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_city_index_has_six_dimensions_and_says_where_the_city_has_no_data()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await EpidemicAsync(office);

        var index = (await office.GetAsync(office.HealthOfficer, "city-index")).GetProperty("index");

        var dimensions = index.GetProperty("parts").EnumerateArray().ToArray();
        dimensions.Select(dimension => dimension.GetProperty("key").GetString()).ShouldBe(["development-level", "satisfaction", "management-mode", "data-resources", "environment", "digital-technology"]);
        dimensions[3].GetProperty("score").GetDouble().ShouldBeGreaterThan(0);
        dimensions[0].TryGetProperty("score", out _).ShouldBeFalse();
        dimensions[0].GetProperty("parts")[0].GetProperty("missingEn").GetString().ShouldNotBeNullOrEmpty();
        index.GetProperty("coverage").GetDouble().ShouldBeLessThan(1);
        await office.GetAsync(office.HealthOfficer, "city-index?version=99", HttpStatusCode.NotFound);
    }

    /// <summary>Three weeks in which cases grow by one every other day or so, up to fourteen today.</summary>
    private static async Task EpidemicAsync(WatchOffice office)
    {
        await office.PublishAsync(new VisitsCounted(WatchOffice.Cell, WatchOffice.Noon.AddDays(-27).ToUniversalTime(), 10, WatchOffice.Noon.AddDays(-27).ToUniversalTime()));
        var confirmed = Enumerable.Range(0, 14).SelectMany(day => Enumerable.Range(0, 14 - day).Select(_ => WatchOffice.Noon.AddDays(-day).ToUniversalTime()))
            .Select(at => new CaseConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), WatchOffice.Cell, at, at, at.AddDays(9), at)).ToArray();
        await office.PublishAsync(confirmed);
    }

    private static async Task<HttpStatusCode> AgainAsync(WatchOffice office, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/early-warning/v1/cockpit") { Headers = { IfNoneMatch = { tag } } };
        using var answer = await office.HealthOfficer.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> EventuallyAsync(WatchOffice office, string path, Func<JsonElement, bool> until)
    {
        JsonElement view = default;
        await Eventually.Async(async () => until(view = await office.GetAsync(office.HealthOfficer, path)));
        return view;
    }

    private static async Task<JsonElement> NextAsync(StreamReader lines)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal) && line.Contains("\"figures\"", StringComparison.Ordinal)) return JsonDocument.Parse(line["data: ".Length..]).RootElement;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private static JsonElement Figure(JsonElement view, string name) => view.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("name").GetString() == name);
}
