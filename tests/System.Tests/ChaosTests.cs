using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.System.Tests;

/// <summary>
/// A load through the gateway while processes are killed, frozen and restarted, broker and database included; then what callers were told is compared
/// with what the city holds. <c>./chaos 200</c> does it for longer, <c>CHAOS_SEED</c> repeats a run's faults.
/// </summary>
public sealed class ChaosTests(RunningCity city, ITestOutputHelper output)
{
    private const int RoundsInTests = 3;
    private const int Guests = 4;
    private const int Room = 2;
    private const int Bookers = 5;

    private static readonly string[] Victims =
        ["broker", "postgres", "identity", "health-code", "place-registration-1", "place-registration-2", "government-services-1", "government-services-2", "early-warning", "portal-1", "gateway-1", "gateway-2"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task What_callers_were_told_is_what_the_city_holds_whatever_dies()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("CHAOS_ROUNDS") ?? $"{RoundsInTests}", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("CHAOS_SEED") ?? $"{Random.Shared.Next(10_000)}", CultureInfo.InvariantCulture);
        var fate = new Random(seed);
        using var here = await Neighbours.MeetAsync(city);
        using var there = await Neighbours.MeetAsync(city);
        using var stop = new CancellationTokenSource();
        var guests = await Task.WhenAll(Enumerable.Range(0, Guests).Select(async _ => (Account: (await Neighbours.CitizenAsync(here.City)).Account, Told: new ConcurrentDictionary<Guid, int>())));
        var walking = guests.Select(guest => WalkAsync(here.City, guest.Account, [here.PlaceId, there.PlaceId], guest.Told, stop.Token)).ToArray();

        var cases = new List<Neighbours>();
        var bookings = 0;
        for (var round = 0; round < rounds; round++)
        {
            await city.HealthyAsync();
            var pair = await Neighbours.MeetAsync(city);
            cases.Add(pair);
            var (slot, bookers) = await OfferAsync(pair.City, round);
            var (victim, action) = (Victims[fate.Next(Victims.Length)], fate.Next(3));
            output.WriteLine($"seed {seed}, round {round + 1}: {(action switch { 0 => "kill", 1 => "freeze", _ => "restart" })} {victim}");

            var number = Guid.CreateVersion7();
            var strike = StrikeAsync(victim, action);
            var told = await Task.WhenAll(bookers.Select(booker => BookAsync(pair.City, slot, booker)));
            await Eventually.Async(() => pair.TryReportAsync(number), Patience, "the report is taken");
            await strike;

            // Sold as often as there was room, and to those who were told so.
            told.Count(booked => booked).ShouldBe(Room);
            foreach (var (booker, booked) in bookers.Zip(told)) (await SurelyAsync(() => BookingsAsync(pair.City, booker, slot))).ShouldBe(booked ? 1 : 0);
            bookings += Room;
        }

        await stop.CancelAsync();
        await Task.WhenAll(walking);
        await city.HealthyAsync();
        await DrainedAsync();
        foreach (var (account, told) in guests)
        {
            var visits = await here.City.ListAsync("/place-registration/v1/me/visits", account, CancellationToken.None);
            visits.Select(visit => visit["visitId"]!.GetValue<Guid>()).ShouldBe(told.Keys, ignoreOrder: true, "every visit that was confirmed is there once, and no other");
        }

        foreach (var pair in cases)
        {
            await pair.TurnsAsync(pair.Contact, "yellow");
            (await pair.HistoryAsync(pair.Contact)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
            (await pair.HistoryAsync(pair.Ill)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["red", "green"]);
            pair.Dispose();
        }

        output.WriteLine($"{rounds} faults: {guests.Sum(guest => guest.Told.Count)} check-ins, {cases.Count} reports and {bookings} bookings confirmed; none lost, doubled or oversold");
        guests.ShouldAllBe(guest => guest.Told.Count > rounds, "the load went on");
    }

    private Task StrikeAsync(string victim, int action) => action switch
    {
        0 => city.KillAsync(victim),
        1 => city.FreezeAsync(victim, TimeSpan.FromSeconds(3)),
        _ => city.RestartAsync(victim),
    };

    /// <summary>From one place to the other and back, noting each visit that was confirmed. Who hears nothing scans again, which finds the same visit.</summary>
    private static async Task WalkAsync(City through, Account guest, Guid[] places, ConcurrentDictionary<Guid, int> told, CancellationToken stop)
    {
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            var placeId = places[turn % places.Length];
            var visit = await SurelyAsync(async () => (await through.PostAsync("/place-registration/v1/check-ins", new { placeId }, guest, CancellationToken.None))!["visitId"]!.GetValue<Guid>());
            told.TryAdd(visit, turn).ShouldBeTrue("a new place is a new visit");
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
    private static Task<bool> BookAsync(City through, Guid slot, Account booker) => SurelyAsync(async () =>
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

    /// <summary>No event waits, none has failed: what each service that sends news says of its messages.</summary>
    private async Task DrainedAsync()
    {
        using var http = new HttpClient();
        foreach (var service in (string[])["health-code", "place-registration-1", "government-services-1", "early-warning"])
        {
            var own = new Uri(await city.OwnAddressAsync(service, "http"), "/health/ready");
            await Eventually.Async(
                async () => JsonNode.Parse(await http.GetStringAsync(own))!["checks"]!["messages"]!["status"]!.GetValue<string>() == "Healthy", Patience, $"the messages of {service} are through");
        }
    }

    /// <summary>Asks again until there is an answer, as callers do.</summary>
    private static async Task<T> SurelyAsync<T>(Func<Task<T>> ask)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception fault) when (fault is CityException or HttpRequestException or TaskCanceledException && TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
