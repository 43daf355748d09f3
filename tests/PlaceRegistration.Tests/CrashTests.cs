using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>
/// Service, PostgreSQL and RabbitMQ die by SIGKILL while people check in, and come back. What callers were told is compared, from outside and afterwards, with
/// what the database holds.
/// </summary>
public sealed class CrashTests : IAsyncDisposable
{
    private const int CheckIns = 10_000;
    private const int Callers = 48;

    private readonly CityServers servers = new();

    /// <summary><c>CRASH_ROUNDS</c> asks for the long form.</summary>
    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("CRASH_ROUNDS"), out var rounds) ? rounds : 6;

    [Fact]
    public async Task Ten_thousand_check_ins_are_stored_as_they_were_acknowledged_whatever_is_killed()
    {
        await using var city = await City.OpenAsync(servers);
        var place = await city.PlaceAsync();
        var accounts = Enumerable.Range(0, 500).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var account in accounts) city.Office.Register(account);
        var acknowledged = new ConcurrentDictionary<Guid, Guid>();
        var next = 0;
        using var http = new HttpClient { BaseAddress = city.Service.Address, Timeout = TimeSpan.FromSeconds(20) };

        var working = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= CheckIns)
            {
                // Late, so that every one is a visit of its own.
                var (account, key) = (accounts[number % accounts.Length], Guid.CreateVersion7());
                acknowledged[key] = await PersistAsync(http, account, key, new CheckInRequest(place.Code, At: TimeProvider.System.GetUtcNow().AddMinutes(-10 - (number / accounts.Length * 5))));
            }
        })));
        await WhenAsync(1500, city.RestartServiceAsync);
        await WhenAsync(3500, async () =>
        {
            await servers.KillPostgresAsync();
            await servers.RevivePostgresAsync();
        });
        await WhenAsync(5500, () => servers.KillBrokerAsync());
        await WhenAsync(7500, () => servers.ReviveBrokerAsync());
        await WhenAsync(8500, city.RestartServiceAsync);
        await working.WaitAsync(TimeSpan.FromMinutes(5));

        acknowledged.Count.ShouldBe(CheckIns);
        acknowledged.Values.Distinct().Count().ShouldBe(CheckIns);
        city.Database.Reconnect();
        (await city.VisitsAsync()).ShouldBe(acknowledged.Values, ignoreOrder: true);
        // The broker was away meanwhile: the totals arrive all the same.
        await Eventually.Async(async () => await city.Database.ScalarAsync<long>("SELECT coalesce(sum(visits), 0)::bigint FROM visit_counts") == CheckIns, TimeSpan.FromSeconds(60));
        await Eventually.Async(async () => await city.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.outbox") == 0, TimeSpan.FromSeconds(90));

        async Task WhenAsync(int count, Func<Task> actAsync)
        {
            await Eventually.Async(() => acknowledged.Count >= count, TimeSpan.FromMinutes(2));
            await actAsync();
        }
    }

    [Fact]
    public async Task A_venue_client_killed_at_random_loses_nothing_and_doubles_nothing_and_the_server_may_die_too()
    {
        await using var city = await City.OpenAsync(servers);
        var place = await city.PlaceAsync();
        var device = await city.PostAsync<DeviceAnswer>($"places/{place.PlaceId}/devices", new DeviceRequest("North gate"), Roles.VenueOperator);
        var account = Guid.CreateVersion7();
        city.Office.Register(account);
        var queue = Directory.CreateTempSubdirectory("smartcity-venue-");
        var random = new Random(Rounds);
        var scanned = new ConcurrentBag<Guid>();
        try
        {
            for (var round = 1; round <= Rounds; round++)
            {
                using var client = city.Start(queue.FullName, "work", device);
                var reading = ReadAsync(client, scanned);
                var feeding = FeedAsync(client, $"code of {account}");
                if (round % 3 == 0) await Task.WhenAll(city.RestartServiceAsync(), Task.Delay(random.Next(600)));
                else await Task.Delay(200 + random.Next(800));
                client.Kill();
                await client.WaitForExitAsync();
                await Task.WhenAll(reading, feeding);
            }

            using var last = city.Start(queue.FullName, "drain", device);
            await last.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            last.ExitCode.ShouldBe(0);
        }
        finally
        {
            queue.Delete(recursive: true);
        }

        // A scan may have reached the disk, and the city, without having been acknowledged; none that was may be missing, and none may be there twice.
        var keys = await city.KeysAsync();
        scanned.Count.ShouldBeGreaterThan(Rounds);
        scanned.Select(scan => DerivedId.OfWrite(device.DeviceId, scan)).Except(keys).ShouldBeEmpty();
        (await city.VisitsAsync()).Count.ShouldBe(keys.Count);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM visit_keys k WHERE NOT EXISTS (SELECT FROM visits v WHERE v.id = k.visit_id)")).ShouldBe(0);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    /// <summary>As a phone does: the same key again until there is an answer.</summary>
    private static async Task<Guid> PersistAsync(HttpClient http, Guid account, Guid key, CheckInRequest checkIn)
    {
        var token = TestTokens.Person(account, "place-registration", Roles.Citizen);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/place-registration/v1/check-ins") { Content = JsonContent.Create(checkIn, options: Town.Json) };
            request.Headers.Add(IdempotencyKey.Header, key.ToString());
            request.Headers.Authorization = new("Bearer", token);
            try
            {
                using var response = await http.SendAsync(request);
                if (response.IsSuccessStatusCode) return JsonSerializer.Deserialize<CheckInAnswer>(await response.Content.ReadAsStringAsync(), Town.Json)!.VisitId!.Value;
                ((int)response.StatusCode).ShouldBeGreaterThanOrEqualTo(500, await response.Content.ReadAsStringAsync());
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                // Away; it comes back.
            }

            await Task.Delay(100);
        }
    }

    private static async Task ReadAsync(Process client, ConcurrentBag<Guid> scanned)
    {
        while (await client.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be torn.
            if (Guid.TryParseExact(line, "D", out var scan)) scanned.Add(scan);
        }
    }

    private static async Task FeedAsync(Process client, string code)
    {
        try
        {
            while (!client.HasExited)
            {
                await client.StandardInput.WriteLineAsync(code);
                await client.StandardInput.FlushAsync();
                await Task.Delay(2);
            }
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            // Killed.
        }
    }

    /// <summary>The service in a process of its own, with its database, its broker and its neighbours.</summary>
    private sealed class City(TestDatabase database, HealthCodeOffice office, ServiceProcess service) : IAsyncDisposable
    {
        private readonly Guid owner = Guid.CreateVersion7();

        public TestDatabase Database => database;

        public HealthCodeOffice Office => office;

        public ServiceProcess Service => service;

        public static async Task<City> OpenAsync(CityServers servers)
        {
            var database = await TestDatabase.CreateAsync<PlaceRegistrationDb>(servers);
            var office = await HealthCodeOffice.OpenAsync();
            var service = new ServiceProcess("PlaceRegistration",
            [
                .. await servers.BrokerSettingsAsync(), .. office.Settings, ("ConnectionStrings:place-registration-db", database.ConnectionString),
                ("PersonalData:Key", "tests-only-tests-only-tests-only-tests-only"), ("Visits:CountInterval", "00:00:00.5"),
            ]);
            await service.StartAsync();
            return new City(database, office, service);
        }

        public async Task RestartServiceAsync()
        {
            await service.KillAsync();
            await service.StartAsync();
        }

        public async Task<OwnPlace> PlaceAsync()
        {
            var place = await PostAsync<OwnPlace>("places", new PlaceRequest("Gate", PlaceType.Shop, "1 Long Street", new GeoPosition(31.2, 121.4), 100_000, Town.Uscc), Roles.VenueOperator);
            await PostAsync<DecisionAnswer>("places/decisions", new DecisionRequest([place.PlaceId], true), Roles.HealthOfficer);
            return place;
        }

        public async Task<T> PostAsync<T>(string path, object body, string role)
        {
            using var http = new HttpClient { BaseAddress = service.Address };
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/place-registration/v1/{path}") { Content = JsonContent.Create(body, options: Town.Json) };
            request.Headers.Add(IdempotencyKey.Header, Guid.CreateVersion7().ToString());
            request.Headers.Authorization = new("Bearer", TestTokens.Person(owner, "place-registration", role));
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue(text);
            return JsonSerializer.Deserialize<T>(text, Town.Json)!;
        }

        public Process Start(string queue, string command, DeviceAnswer device)
        {
            var client = Path.Combine(ServiceProcess.Built("tools/VenueClient"), "SmartCity.VenueClient.dll");
            var start = new ProcessStartInfo("dotnet", [client, command, queue]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["VENUE_DEVICE"] = device.DeviceId.ToString();
            start.Environment["VENUE_KEY"] = device.Key;
            start.Environment["CITY"] = service.Address.ToString();
            start.Environment["CITY_TOKEN"] = TestTokens.Person(owner, "place-registration", Roles.VenueOperator);
            return Process.Start(start)!;
        }

        public Task<List<Guid>> VisitsAsync() => IdsAsync("SELECT id FROM visits");

        public Task<List<Guid>> KeysAsync() => IdsAsync("SELECT key FROM visit_keys");

        public async ValueTask DisposeAsync()
        {
            await service.DisposeAsync();
            await office.DisposeAsync();
            await database.DisposeAsync();
        }

        private async Task<List<Guid>> IdsAsync(string sql)
        {
            await using var command = database.Source.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var ids = new List<Guid>();
            while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
            return ids;
        }
    }
}
