using SmartCity.System.Tests;
using SmartCity.Testing;

namespace SmartCity.Chaos.Tests;

/// <summary>A city goes back to a moment: what had happened by then has, once; what had not has not; and what had not been sent is.</summary>
public sealed class RestoreTests(ClusteredCity city)
{
    private static readonly string[] Brokers = ["broker-1", "broker-2", "broker-3"];

    [Fact]
    public async Task A_restored_city_sends_what_was_unsent_nothing_twice_and_knows_nothing_of_what_came_later()
    {
        using var before = await city.MeetAsync();
        await before.ReportAsync();
        await before.TurnsAsync(before.Contact, "yellow");
        using var between = await city.MeetAsync();
        using var after = await city.MeetAsync();
        await city.DrainedAsync();
        await city.BackUpAsync();

        // The moment: a report is confirmed, and its news has no broker to go to.
        foreach (var broker in Brokers) await city.CommandAsync(broker, "stop");
        var number = Guid.CreateVersion7();
        await Eventually.Async(() => between.TryReportAsync(number), ClusteredCity.Patience, "the report is taken");
        var moment = TimeProvider.System.GetUtcNow().AddSeconds(1);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        foreach (var broker in Brokers) await city.CommandAsync(broker, "start");
        await city.HealthyAsync();
        await between.TurnsAsync(between.Contact, "yellow");
        await after.ReportAsync();
        await after.TurnsAsync(after.Contact, "yellow");

        await city.RestoreAsync(moment);

        await between.TurnsAsync(between.Contact, "yellow");
        await city.DrainedAsync();
        foreach (var known in (Neighbours[])[before, between])
        {
            (await known.HistoryAsync(known.Contact)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
            (await known.HistoryAsync(known.Ill)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["red", "green"]);
        }

        foreach (var person in (SmartCity.Replay.Account[])[after.Ill, after.Contact]) (await after.ColorAsync(person)).ShouldBe("green");
        // It goes on as any city does.
        await after.ReportAsync();
        await after.TurnsAsync(after.Contact, "yellow");
    }
}
