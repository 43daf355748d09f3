using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests.Crashes;

/// <summary>
/// SIGKILL to a replica, to PostgreSQL or to the broker in the middle of a rush, in turns, round after round. <c>BOOKING_CRASH_ROUNDS=200 ./test booking_survives</c> for
/// the long run; a short one otherwise.
/// </summary>
public sealed class BookingCrashTests : IAsyncDisposable
{
    private const int People = 20;
    private const int Bookables = 3;
    private const int Places = 6;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("BOOKING_CRASH_ROUNDS") ?? "12", CultureInfo.InvariantCulture);

    private readonly CityServers servers = new();

    [Fact]
    public async Task Booking_survives_the_kill_of_any_process_with_nothing_oversold_lost_or_doubled()
    {
        await using var provider = await KeyProvider.StartAsync();
        await using var database = await TestDatabase.CreateAsync<GovernmentServicesDb>(servers);
        var broker = await servers.BrokerSettingsAsync();
        await using var first = new ReplicaProcess(database.ConnectionString, provider.Address, broker);
        await using var second = new ReplicaProcess(database.ConnectionString, provider.Address, broker);
        ReplicaProcess[] replicas = [first, second];
        foreach (var replica in replicas) replica.Start();
        foreach (var replica in replicas) await Eventually.Async(replica.IsReadyAsync, TimeSpan.FromSeconds(120));
        var (random, confirmed, unanswered, whole) = (new Random(), 0, 0, Stopwatch.StartNew());
        for (var round = 0; round < Rounds; round++)
        {
            // The other one may still be on its way back, and take bookables over in the middle of the rush.
            var survivor = replicas[round % 4 < 2 ? 1 : 0];
            await Eventually.Async(survivor.IsReadyAsync, TimeSpan.FromSeconds(120));
            var capacities = new Dictionary<Guid, int>();
            for (var n = 0; n < Bookables; n++) capacities[await OfferAsync(survivor)] = Places;

            var records = new ConcurrentQueue<ClientRecord>();
            var people = Enumerable.Range(0, People).Select(_ => Guid.NewGuid()).ToArray();
            using var over = new CancellationTokenSource();
            var rush = people.Select(person => ActAsync(person, [.. capacities.Keys], replicas, new Random(), records, over.Token)).ToArray();
            await Task.Delay(random.Next(200, 700));
            await KillAsync(round % 4, replicas);
            // Often long enough for the next holder to be there, and sometimes not.
            await Task.Delay(random.Next(500, 4500));
            await over.CancelAsync();
            await Task.WhenAll(rush);

            var final = new List<FinalBooking>();
            foreach (var person in people) final.AddRange(await FinalAsync(survivor, person));
            if ((round + 1) % 10 == 0) Console.WriteLine($"{round + 1} rounds after {whole.Elapsed.TotalSeconds:F0} s");
            BookingChecker.Faults(capacities, records, final).ShouldBeEmpty($"round {round}");
            final.ShouldNotBeEmpty("a rush in which nobody gets anything proves nothing");
            confirmed += records.Count(record => record.Booked is not null);
            unanswered += records.Count(record => !record.Answered);
        }

        Console.WriteLine($"{Rounds} rounds in {whole.Elapsed.TotalSeconds:F0} s: {confirmed} confirmations, {unanswered} requests without an answer, 0 oversold, 0 lost, 0 doubled.");
    }

    [Fact]
    public void The_checker_sees_what_it_looks_for()
    {
        var (bookable, anna, bert, one, two) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var places = new Dictionary<Guid, int> { [bookable] = 1 };
        ClientRecord Booked(Guid person, Guid id, long at) => new(person, bookable, at, at + 1, id, false, true);

        BookingChecker.Faults(places, [Booked(anna, one, 1)], [new(anna, bookable, one)]).ShouldBeEmpty();
        BookingChecker.Faults(places, [Booked(anna, one, 1)], []).ShouldHaveSingleItem().ShouldStartWith("Lost");
        BookingChecker.Faults(places, [Booked(anna, one, 1), Booked(bert, two, 5)], [new(anna, bookable, one), new(bert, bookable, two)])
            .ShouldAllBe(fault => fault.StartsWith("Oversold", StringComparison.Ordinal));
        BookingChecker.Faults(places, [Booked(anna, one, 1), Booked(anna, two, 5)], [new(anna, bookable, two)]).ShouldContain(fault => fault.StartsWith("Double", StringComparison.Ordinal));
        // Given back in between, it may be somebody else's.
        BookingChecker.Faults(
            places, [Booked(anna, one, 1), new(anna, bookable, 3, 4, null, true, true), Booked(bert, two, 5)], [new(bert, bookable, two)]).ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    private async Task KillAsync(int victim, ReplicaProcess[] replicas)
    {
        switch (victim)
        {
            case 1:
                await servers.KillPostgresAsync();
                await servers.RevivePostgresAsync();
                break;
            case 3:
                await servers.KillBrokerAsync();
                await servers.ReviveBrokerAsync();
                break;
            default:
                var replica = replicas[victim / 2];
                await replica.KillAsync();
                replica.Start();
                break;
        }
    }

    private static async Task ActAsync(
        Guid person, Guid[] bookables, ReplicaProcess[] replicas, Random random, ConcurrentQueue<ClientRecord> records, CancellationToken over)
    {
        using var http = Client(person);
        while (!over.IsCancellationRequested)
        {
            var (bookable, replica) = (bookables[random.Next(bookables.Length)], replicas[random.Next(replicas.Length)]);
            var booking = await SendAsync(http, HttpMethod.Post, replica, $"/bookables/{bookable}/bookings", records, new ClientRecord(person, bookable, 0, 0, null, false, false));
            // Most keep what they have.
            if (booking is { } id && random.Next(4) == 0)
                await SendAsync(http, HttpMethod.Delete, replicas[random.Next(replicas.Length)], $"/bookings/{id}", records, new ClientRecord(person, bookable, 0, 0, null, true, false));
            await Task.Delay(random.Next(5, 40), CancellationToken.None);
        }
    }

    private static async Task<Guid?> SendAsync(
        HttpClient http, HttpMethod method, ReplicaProcess replica, string path, ConcurrentQueue<ClientRecord> records, ClientRecord record)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(replica.Address, GovernmentCity.Path + path));
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            Guid? booked = null;
            if (response.StatusCode == HttpStatusCode.OK)
            {
                using var json = JsonDocument.Parse(body);
                booked = json.RootElement.GetProperty("id").GetGuid();
            }

            records.Enqueue(record with { Started = started, Ended = Stopwatch.GetTimestamp(), Booked = booked, Answered = (int)response.StatusCode < 500 });
            return booked;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or IOException)
        {
            records.Enqueue(record with { Started = started, Ended = Stopwatch.GetTimestamp() });
            return null;
        }
    }

    private static async Task<FinalBooking[]> FinalAsync(ReplicaProcess replica, Guid person)
    {
        using var http = Client(person);
        http.BaseAddress = replica.Address;
        var page = new Page<BookingView>([]);
        await Eventually.Async(async () =>
        {
            try
            {
                using var response = await http.GetAsync($"{GovernmentCity.Path}/me/bookings");
                if (!response.IsSuccessStatusCode) return false;
                page = await response.OfAsync<Page<BookingView>>();
                return true;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                return await replica.IsReadyAsync() && false;
            }
        }, TimeSpan.FromSeconds(120));
        return [.. page.Items.Select(booking => new FinalBooking(person, booking.BookableId, booking.Id))];
    }

    private static async Task<Guid> OfferAsync(ReplicaProcess replica)
    {
        using var http = new HttpClient { BaseAddress = replica.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", TestTokens.Person(Guid.NewGuid(), "government-services", GovernmentCity.Health, actor: null, Roles.DepartmentOfficer));
        var start = TimeProvider.System.GetUtcNow().AddDays(1);
        var offer = new OfferBookableRequest("counter", "Gate 2", start, start.AddHours(1), Places);
        var id = Guid.Empty;
        await Eventually.Async(async () =>
        {
            // Connections from before a kill of the database may still be in its pool.
            using var response = await http.PostJsonAsync("/bookables", offer);
            if (!response.IsSuccessStatusCode) return false;
            id = (await response.OfAsync<BookableView>()).Id;
            return true;
        });
        return id;
    }

    private static HttpClient Client(Guid person)
    {
        var http = new HttpClient { Timeout = TimeSpan.FromSeconds(8) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Person(person, "government-services", Roles.Citizen));
        return http;
    }
}
