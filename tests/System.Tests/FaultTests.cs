namespace SmartCity.System.Tests;

/// <summary>Whatever dies between the report and the contact's code, the news arrives, once in effect.</summary>
public sealed class FaultTests(RunningCity city)
{
    [Theory]
    [InlineData("broker")]
    [InlineData("postgres")]
    [InlineData("health-code")]
    [InlineData("place-registration-1", "place-registration-2")]
    [InlineData("gateway", "identity", "early-warning")]
    public async Task A_kill_delays_the_news_and_neither_loses_nor_doubles_it(params string[] victims)
    {
        using var neighbours = await Neighbours.MeetAsync(city);

        await neighbours.ReportAsync();
        await Task.WhenAll(victims.Select(city.KillAsync));

        await neighbours.TurnsAsync(neighbours.Contact, "yellow");
        await city.HealthyAsync();
        var changes = await neighbours.HistoryAsync(neighbours.Contact);
        changes.Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
        (await neighbours.HistoryAsync(neighbours.Ill)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["red", "green"]);
    }
}
