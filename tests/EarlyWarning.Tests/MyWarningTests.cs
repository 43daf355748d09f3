using System.Net;
using System.Text.Json;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class MyWarningTests(CityServers servers)
{
    private const string Elsewhere = "3124N12147E";

    [Fact]
    public async Task A_citizen_is_warned_of_what_they_asked_for_sees_why_and_takes_note_once()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var citizen = office.App.As(Guid.CreateVersion7(), Roles.Citizen);
        await office.SendAsync(citizen, HttpMethod.Put, $"me/subscriptions/{WatchOffice.Cell}", new { minimumSeverity = "severe" });
        var severe = await office.WarnAsync(WarningTests.Request());
        await office.WarnAsync(WarningTests.Request() with { Severity = "moderate" });
        await office.WarnAsync(WarningTests.Request() with { Cell = Elsewhere });
        var everywhere = await office.WarnAsync(WarningTests.Request() with { Cell = null });
        var marked = await office.WarnAsync(WarningTests.Request() with { Cell = null, Polygons = ["31.22,121.46 31.22,121.49 31.25,121.49 31.25,121.46 31.22,121.46"] });

        var mine = await MineAsync(office, citizen);

        mine.Select(Id).ShouldBe([marked, everywhere, severe]);
        mine[2].GetProperty("why").GetProperty("en").GetString().ShouldBe($"You asked on 2026-03-20 to be warned of grid cell {WatchOffice.Cell} from severe on; this warning (severe) covers it.");
        mine[1].GetProperty("why").GetProperty("zh").GetString()!.ShouldContain("适用于全市");
        mine.Any(warning => warning.TryGetProperty("acknowledgedAt", out _)).ShouldBeFalse();

        var noted = await office.PostAsync(citizen, $"me/warnings/{severe}/acknowledgement");
        office.Clock.Advance(TimeSpan.FromMinutes(5));
        (await office.PostAsync(citizen, $"me/warnings/{severe}/acknowledgement")).GetProperty("acknowledgedAt").GetString().ShouldBe(noted.GetProperty("acknowledgedAt").GetString());
        (await MineAsync(office, citizen))[2].TryGetProperty("acknowledgedAt", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_was_warned_hears_the_all_clear_though_it_is_mild()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var citizen = office.App.As(Guid.CreateVersion7(), Roles.Citizen);
        await office.SendAsync(citizen, HttpMethod.Put, "me/subscriptions/city", new { minimumSeverity = "extreme" });
        var warning = await office.WarnAsync(WarningTests.Request() with { Severity = "extreme" });
        var texts = new { headline = "Over", description = "Over.", instruction = "Nothing." };
        var over = await office.WarnAsync(new { en = texts, zh = texts }, $"warnings/{warning}/all-clear");

        (await MineAsync(office, citizen)).Select(Id).ShouldBe([over]);
    }

    [Fact]
    public async Task Subscriptions_are_changed_ended_bounded_and_nobody_elses()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var citizen = office.App.As(Guid.CreateVersion7(), Roles.Citizen);
        using var other = office.App.As(Guid.CreateVersion7(), Roles.Citizen);
        for (var i = 0; i < 20; i++) await office.SendAsync(citizen, HttpMethod.Put, $"me/subscriptions/31{i:00}N12147E", new { minimumSeverity = "minor" });
        (await office.SendAsync(citizen, HttpMethod.Put, "me/subscriptions/3199N12147E", new { minimumSeverity = "minor" }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("subscriptions_full");
        await office.SendAsync(citizen, HttpMethod.Put, "me/subscriptions/nowhere", new { minimumSeverity = "minor" }, HttpStatusCode.BadRequest);

        await office.SendAsync(citizen, HttpMethod.Put, "me/subscriptions/3100N12147E", new { minimumSeverity = "extreme" });
        using var ended = await citizen.DeleteAsync("/early-warning/v1/me/subscriptions/3101N12147E");
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var mine = (await office.GetAsync(citizen, "me/subscriptions")).GetProperty("items");
        mine.GetArrayLength().ShouldBe(19);
        mine[0].GetProperty("minimumSeverity").GetString().ShouldBe("extreme");
        (await office.GetAsync(other, "me/subscriptions")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private static string Id(JsonElement mine) => mine.GetProperty("warning").GetProperty("warningId").GetString()!;

    private static async Task<JsonElement[]> MineAsync(WatchOffice office, HttpClient citizen) => [.. (await office.GetAsync(citizen, "me/warnings")).GetProperty("items").EnumerateArray()];
}
