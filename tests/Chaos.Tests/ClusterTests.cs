using System.Collections.Concurrent;
using System.Diagnostics;
using SmartCity.System.Tests;
using SmartCity.Testing;

namespace SmartCity.Chaos.Tests;

/// <summary>One of each may go: nothing that was confirmed is lost, and work goes on within seconds.</summary>
public sealed class ClusterTests(ClusteredCity city, ITestOutputHelper output)
{
    /// <summary>A machine that is busy with thirty processes notices later than one with nothing else to do.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task The_leading_database_dies_the_standby_has_every_commit_and_leads()
    {
        await CopiedAsync();
        using var neighbours = await city.MeetAsync();
        var told = new ConcurrentBag<Guid>();
        using var stop = new CancellationTokenSource();
        var (citizen, _) = await Neighbours.CitizenAsync(neighbours.City);
        var other = await city.MeetAsync();
        var slowest = TimeSpan.Zero;
        var walking = Task.Run(async () =>
        {
            Guid[] places = [neighbours.PlaceId, other.PlaceId];
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                var asked = Stopwatch.GetTimestamp();
                told.Add(await ClusteredCity.CheckInAsync(neighbours.City, citizen, places[turn % 2]));
                if (Stopwatch.GetElapsedTime(asked) is var took && took > slowest) slowest = took;
            }
        });
        await Eventually.Async(() => told.Count > 20, Seconds, "check-ins are taken");

        string? leader = null;
        await Eventually.Async(async () => (leader = await city.LeaderAsync()) is not null, Seconds, "one leads");
        var before = told.Count;
        city.KillDatabase(leader!);

        await Eventually.Async(() => told.Count > before + 20, Seconds, "check-ins are taken again");
        await stop.CancelAsync();
        await walking;
        output.WriteLine($"{leader} died; the slowest of {told.Count} check-ins took {slowest.TotalSeconds:F1} s");
        await Eventually.Async(async () => await city.LeaderAsync() is { } next && next != leader, Seconds, "the other leads");
        var visits = await neighbours.City.ListAsync("/place-registration/v1/me/visits", citizen, CancellationToken.None);
        visits.Select(visit => visit["visitId"]!.GetValue<Guid>()).ShouldBe(told, ignoreOrder: true);

        // Who led follows now, with everything.
        await city.HealthyAsync();
        await CopiedAsync();
        await other.ReportAsync();
        await other.TurnsAsync(other.Contact, "yellow");
        other.Dispose();
    }

    [Theory]
    [InlineData("broker-1")]
    [InlineData("broker-3")]
    public async Task A_broker_dies_and_the_news_goes_by_the_other_two(string broker)
    {
        using var neighbours = await city.MeetAsync();
        await TogetherAsync();

        await city.CommandAsync(broker, "stop");
        try
        {
            await neighbours.ReportAsync();
            await neighbours.TurnsAsync(neighbours.Contact, "yellow");
        }
        finally
        {
            await city.CommandAsync(broker, "start");
        }

        await TogetherAsync();
        await city.DrainedAsync();
        (await neighbours.HistoryAsync(neighbours.Contact)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
    }

    /// <summary>Parted from the others it must not go on alone; standing still for longer than they wait for it, it is gone to them and never was to itself.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_is_cut_off_and_comes_back_to_the_others(bool parted)
    {
        using var neighbours = await city.MeetAsync();
        await TogetherAsync();

        var cut = parted ? city.PartAsync("broker-2", TimeSpan.FromSeconds(30)) : city.FreezeAsync("broker-2", TimeSpan.FromSeconds(30));
        if (parted) await Eventually.Async(async () => !await city.AreBrokersTogetherAsync(), Seconds, "they do not see each other");
        await neighbours.ReportAsync();
        await neighbours.TurnsAsync(neighbours.Contact, "yellow");
        await cut;

        await TogetherAsync();
        await city.DrainedAsync();
        (await neighbours.HistoryAsync(neighbours.Contact)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
        (await neighbours.HistoryAsync(neighbours.Ill)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["red", "green"]);
    }

    /// <summary>Longer than the leader's lease: without failsafe mode it would step down.</summary>
    [Fact]
    public async Task Without_the_memory_of_who_leads_the_leader_goes_on()
    {
        await CopiedAsync();
        string? leader = null;
        await Eventually.Async(async () => (leader = await city.LeaderAsync()) is not null, Seconds, "one leads");
        using var neighbours = await city.MeetAsync();

        var away = city.FreezeAsync("etcd", TimeSpan.FromSeconds(30));
        await Task.Delay(TimeSpan.FromSeconds(25), TimeProvider.System);
        await neighbours.ReportAsync();
        await neighbours.TurnsAsync(neighbours.Contact, "yellow");
        await away;

        await city.HealthyAsync();
        await Eventually.Async(async () => await city.LeaderAsync() == leader, Seconds, "the same still leads");

        // The standby has found its way back too: it can take over.
        await Eventually.Async(
            async () =>
            {
                await city.HandOverAsync(leader!);
                return await city.LeaderAsync() is { } next && next != leader;
            },
            ClusteredCity.Patience,
            "the standby takes over");
    }

    private Task CopiedAsync() => Eventually.Async(city.IsCopiedAsync, ClusteredCity.Patience, "the standby is synchronous");

    private Task TogetherAsync() => Eventually.Async(city.AreBrokersTogetherAsync, ClusteredCity.Patience, "three brokers see each other");
}
