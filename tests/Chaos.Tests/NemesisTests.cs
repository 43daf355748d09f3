using System.Collections.Concurrent;
using System.Globalization;
using SmartCity.Replay;
using SmartCity.System.Tests;
using SmartCity.Testing;

namespace SmartCity.Chaos.Tests;

/// <summary>
/// A load through the gateway while processes are killed, frozen and restarted, whoever they are, connections are cut, a broker's disk fills up and clocks go wrong;
/// then what callers were told is compared with what the city holds. <c>./chaos 200</c> does it for longer, <c>CHAOS_SEED</c> repeats a run's faults.
/// </summary>
public sealed class NemesisTests(ClusteredCity city, ITestOutputHelper output)
{
    private const int RoundsInTests = 3;
    private const int Guests = 4;
    private const int Room = 2;
    private const int Bookers = 5;

    /// <summary>Nobody else is warned there.</summary>
    private const string Cell = "3991N10991E";

    private static readonly string[] Servers = ["broker-1", "broker-2", "broker-3", "postgres-1", "postgres-2", "etcd", "balancer", "broker-names"];

    private static readonly string[] Relayed = ["broker-1", "broker-2", "broker-3", "postgres-1", "postgres-2"];

    private static readonly string[] Services =
        [.. from service in (string[])["identity", "health-code", "place-registration", "government-services", "early-warning", "portal", "gateway"] from replica in (int[])[1, 2] select $"{service}-{replica}"];

    /// <summary>From then on somebody may be somewhere twice at the same time by the clock of the places, and is found there.</summary>
    private volatile bool placesSawAnotherTime;

    [Fact]
    public async Task What_callers_were_told_is_what_the_city_holds_whatever_dies()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("CHAOS_ROUNDS") ?? $"{RoundsInTests}", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("CHAOS_SEED") ?? $"{Random.Shared.Next(10_000)}", CultureInfo.InvariantCulture);
        var fate = new Random(seed);
        using var here = await city.MeetAsync();
        using var there = await city.MeetAsync();
        using var stop = new CancellationTokenSource();
        var guests = await Task.WhenAll(Enumerable.Range(0, Guests).Select(async _ => (Account: (await Neighbours.CitizenAsync(here.City)).Account, Told: new ConcurrentDictionary<Guid, int>())));
        var reader = await Neighbours.CitizenAsync(here.City);
        await here.City.PutAsync($"/early-warning/v1/me/subscriptions/{Cell}", new { minimumSeverity = "severe" }, reader.Account, CancellationToken.None);
        var walking = guests.Select(guest => WalkAsync(here.City, guest.Account, [here.PlaceId, there.PlaceId], guest.Told, stop.Token)).ToArray();

        var cases = new List<Neighbours>();
        var warnings = new List<Guid>();
        var bookings = 0;
        var struck = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            await city.HealthyAsync();
            var pair = await city.MeetAsync();
            cases.Add(pair);
            var (slot, bookers) = await OfferAsync(pair.City, round);
            var (fault, strike) = Strike(fate);
            output.WriteLine($"seed {seed}, round {round + 1}: {fault}");
            struck[fault.Split(' ')[0]] = struck.GetValueOrDefault(fault.Split(' ')[0]) + 1;

            var number = Guid.CreateVersion7();
            var told = await Task.WhenAll(bookers.Select(booker => BookAsync(pair.City, slot, booker)));
            await Eventually.Async(() => pair.TryReportAsync(number), ClusteredCity.Patience, "the report is taken");
            warnings.Add(await Neighbours.WarnAsync(pair.City, Cell));
            await strike;

            // Sold as often as there was room, and to those who were told so.
            told.Count(booked => booked).ShouldBe(Room);
            foreach (var (booker, booked) in bookers.Zip(told)) (await ClusteredCity.SurelyAsync(() => BookingsAsync(pair.City, booker, slot))).ShouldBe(booked ? 1 : 0);
            bookings += Room;
        }

        await stop.CancelAsync();
        await Task.WhenAll(walking);
        await city.HealthyAsync();
        await city.DrainedAsync();
        foreach (var (account, told) in guests)
        {
            var visits = await here.City.ListAsync("/place-registration/v1/me/visits", account, CancellationToken.None);
            visits.Select(visit => visit["visitId"]!.GetValue<Guid>()).ShouldBe(told.Keys, ignoreOrder: true, "every visit that was confirmed is there once, and no other");
        }

        var heard = await here.City.ListAsync("/early-warning/v1/me/warnings", reader.Account, CancellationToken.None);
        heard.Select(warning => warning["warning"]!["warningId"]!.GetValue<Guid>()).ShouldBe(warnings, ignoreOrder: true, "every warning is heard once");

        foreach (var pair in cases)
        {
            await pair.TurnsAsync(pair.Contact, "yellow");
            (await pair.HistoryAsync(pair.Contact)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
            (await pair.HistoryAsync(pair.Ill)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["red", "green"]);
            pair.Dispose();
        }

        output.WriteLine($"{rounds} faults ({string.Join(", ", struck.Select(kind => $"{kind.Key} {kind.Value}"))}): {guests.Sum(guest => guest.Told.Count)} check-ins, {cases.Count} reports, {warnings.Count} warnings and {bookings} bookings confirmed, as many codes shown as visits; none lost, doubled or oversold");
        guests.ShouldAllBe(guest => guest.Told.Count > rounds, "the load went on");
    }

    /// <summary>What goes wrong next: servers and services alike are killed, stand still or are restarted; connections are cut, between services and servers and between brokers.</summary>
    private (string Fault, Task Strike) Strike(Random fate)
    {
        var victim = fate.Next(2) == 0 ? Servers[fate.Next(Servers.Length)] : Services[fate.Next(Services.Length)];
        var (broker, clock, minutes) = ($"broker-{fate.Next(1, 4)}", ClusteredCity.Skewed[fate.Next(ClusteredCity.Skewed.Length)], fate.Next(-2, 3));
        var (relayed, time) = (Relayed[fate.Next(Relayed.Length)], TimeSpan.FromSeconds(fate.Next(1, 16)));
        var kind = fate.Next(12);
        placesSawAnotherTime |= kind == 11 && clock == "place-registration";
        return kind switch
        {
            < 4 => ($"kill {victim}", city.KillAsync(victim)),
            < 6 => ($"freeze {victim}", city.FreezeAsync(victim, time)),
            < 8 => ($"restart {victim}", city.RestartAsync(victim)),
            8 => ($"cut {relayed} off from its clients", city.CutAsync(relayed, time)),
            9 => ($"part {broker} from the others", city.PartAsync(broker, time)),
            10 => ($"fill the disk of {broker}", city.FillDiskAsync(broker, TimeSpan.FromSeconds(5))),
            _ => ($"skew the clock of {clock} by {minutes} minutes", city.SkewAsync(clock, TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(5))),
        };
    }

    /// <summary>From one place to the other and back, showing the code at the door and noting each visit that was confirmed.</summary>
    private async Task WalkAsync(City through, Account guest, Guid[] places, ConcurrentDictionary<Guid, int> told, CancellationToken stop)
    {
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            var placeId = places[turn % places.Length];
            (await ClusteredCity.SurelyAsync(() => through.GetAsync("/health-code/v1/me/code", guest, CancellationToken.None)))!["color"]!.GetValue<string>().ShouldBe("green");
            var visit = await ClusteredCity.CheckInAsync(through, guest, placeId);
            (told.TryAdd(visit, turn) || placesSawAnotherTime).ShouldBeTrue("a new place is a new visit");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<(Guid Slot, Account[] Bookers)> OfferAsync(City through, int round)
    {
        var start = TimeProvider.System.GetUtcNow().AddDays(1).AddMinutes(round);
        var slot = await through.PostAsync(
            "/government-services/v1/bookables",
            new { service = "nucleic-acid-test", place = "Gate 2", startsAt = start, endsAt = start.AddHours(1), capacity = Room, position = new { latitude = 31.23, longitude = 121.47 } },
            (await Neighbours.StaffAsync(through)).DepartmentOfficer, CancellationToken.None);
        var bookers = await Task.WhenAll(Enumerable.Range(0, Bookers).Select(async _ => (await Neighbours.CitizenAsync(through)).Account));
        return (slot!["id"]!.GetValue<Guid>(), bookers);
    }

    /// <summary>True: there was room.</summary>
    private static Task<bool> BookAsync(City through, Guid slot, Account booker) => ClusteredCity.SurelyAsync(async () =>
    {
        try
        {
            await through.PostAsync($"/government-services/v1/bookables/{slot}/bookings", new { }, booker, CancellationToken.None);
            return true;
        }
        catch (CityException full) when (full.Message.Contains("booked_out", StringComparison.Ordinal))
        {
            return false;
        }
    });

    private static async Task<int> BookingsAsync(City through, Account booker, Guid slot) =>
        (await through.ListAsync("/government-services/v1/me/bookings", booker, CancellationToken.None)).Count(booking => booking["bookableId"]!.GetValue<Guid>() == slot);
}
