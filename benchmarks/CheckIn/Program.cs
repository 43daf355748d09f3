using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using SmartCity.Benchmarks.CheckIn;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.PlaceRegistration.Tests;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

// What a check-in costs that is acknowledged after the fsync, against the same API writing row by row and against PostgreSQL's own insert of the same rows; what
// draining an offline venue costs; and, with --rows N, what visits that are stored already add. One machine, the service in a process of its own.
const int Citizens = 4000;
const int Places = 400;
const int Connections = 128;
const string Prefix = "/place-registration/v1";

int Argument(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

var (checkIns, rounds, rows) = (Argument("--check-ins", 12_000), Argument("--rounds", 5), Argument("--rows", 0));
await using var servers = new CityServers();
await using var database = await TestDatabase.CreateAsync<PlaceRegistrationDb>(servers);
await using var office = await HealthCodeOffice.OpenAsync();
(string, string?)[] settings =
[
    .. await servers.BrokerSettingsAsync(), .. office.Settings, ("ConnectionStrings:place-registration-db", database.ConnectionString + ";Maximum Pool Size=60"),
    ("PersonalData:Key", "benchmark-benchmark-benchmark-benchmark"), ("Visits:StatusLifetime", "00:10:00"),
];
// Without group commit every check-in is a transaction of its own, on as many connections as help.
await using var grouped = new ServiceProcess("PlaceRegistration", settings);
await using var single = new ServiceProcess("PlaceRegistration", [.. settings, ("Visits:MostPerCommit", "1"), ("Visits:Writers", "32")]);
await grouped.StartAsync();
await single.StartAsync();

var random = new Random(1);
var owner = Guid.CreateVersion7();
var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
ServiceDefaultsExtensions.Configure(json);
json.RespectRequiredConstructorParameters = false;
var places = await RegisterAsync();
var people = Enumerable.Range(0, Citizens).Select(_ =>
{
    var account = Guid.CreateVersion7();
    office.Register(account);
    return (Account: account, Token: TestTokens.Person(account, "place-registration", Roles.Citizen));
}).ToArray();

Console.WriteLine($"{checkIns:N0} check-ins a round, {rounds} rounds, {Citizens:N0} people, {Places} places, {Connections} connections, {Environment.ProcessorCount} cores, fsync {await database.ScalarAsync<string>("SHOW fsync")}");
foreach (var service in new[] { grouped, single }) await Load.RunAsync(service.Address, CheckIns(service, Citizens * 2), connections: 16);

if (rows > 0)
{
    await StoreAsync(rows / 20);
    var few = await MedianAsync(() => Load.RunAsync(grouped.Address, CheckIns(grouped, checkIns), Connections));
    await StoreAsync(rows - (rows / 20));
    var many = await MedianAsync(() => Load.RunAsync(grouped.Address, CheckIns(grouped, checkIns), Connections));
    Report($"with {rows:N0} visits stored against {rows / 20:N0}: time", many / few, many / few <= 1.2, "≤ 1.2");
    return;
}

var times = new List<(double Grouped, double Single, double Own, double Drain)>();
for (var round = 1; round <= rounds; round++)
{
    // Interleaved, so that whatever else the machine does meets them all.
    var mine = await Load.RunAsync(grouped.Address, CheckIns(grouped, checkIns), Connections);
    var byRow = await Load.RunAsync(single.Address, CheckIns(single, checkIns / 4), Connections) * 4;
    var own = await Baseline.RunAsync(database.Source, Rows(checkIns));
    var drain = await DrainAsync(checkIns);
    times.Add((mine, byRow, own, drain));
    Console.WriteLine($"  round {round}: check-ins {checkIns / mine:N0}/s, row by row {checkIns / byRow:N0}/s, PostgreSQL's own {checkIns / own:N0}/s, drained {checkIns / drain:N0}/s");
}

Report("check-ins against row by row", Median(times.Select(time => time.Single / time.Grouped)), Median(times.Select(time => time.Single / time.Grouped)) >= 4, "≥ 4");
Report("check-ins against PostgreSQL's own batched insert", Median(times.Select(time => time.Own / time.Grouped)), Median(times.Select(time => time.Own / time.Grouped)) >= 0.35, "≥ 0.35");
Report("draining against PostgreSQL's own batched insert", Median(times.Select(time => time.Own / time.Drain)), Median(times.Select(time => time.Own / time.Drain)) >= 0.8, "≥ 0.8");

List<byte[]> CheckIns(ServiceProcess service, int count) =>
[
    // People go on from place to place: most check-ins end a visit elsewhere.
    .. Enumerable.Range(0, count).Select(number => Load.Request(
        service.Address, $"{Prefix}/check-ins", people[number % Citizens].Token, Guid.CreateVersion7(), $$"""{"placeCode":"{{places[random.Next(Places)].Code}}"}""")),
];

NewVisit[] Rows(int count) =>
[
    .. Enumerable.Range(0, count).Select(number =>
    {
        var (at, place) = (TimeProvider.System.GetUtcNow(), places[random.Next(Places)]);
        return new NewVisit(Guid.CreateVersion7(), place.Cell, new Visit
        {
            Id = VisitId.New(at).Value, CitizenId = office.Persons[people[number % Citizens].Account].CitizenId, PlaceId = place.PlaceId, ArrivedAt = at, Until = at.AddHours(2), IsOpen = true, IsLate = false,
        });
    }),
];

async Task<double> DrainAsync(int count)
{
    const int LinesInRequest = 1000;
    using var http = new HttpClient { BaseAddress = grouped.Address };
    http.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Person(owner, "place-registration", Roles.VenueOperator));
    var device = await PostAsync<DeviceAnswer>($"places/{places[random.Next(Places)].PlaceId}/devices", new DeviceRequest("Gate"), Roles.VenueOperator);
    var key = Convert.FromHexString(device.Key);
    var requests = new System.Collections.Concurrent.ConcurrentQueue<string>(Enumerable.Range(0, count).Select(number =>
    {
        var (scan, at, credential) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow().AddSeconds(-number), $"code of {people[number % Citizens].Account}");
        return JsonSerializer.Serialize(new ScanLine(scan, at, credential, SignedScan.Sign(key, scan, at, null, credential)), json);
    }).Chunk(LinesInRequest).Select(lines => string.Join('\n', lines)));
    var started = System.Diagnostics.Stopwatch.GetTimestamp();
    await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
    {
        while (requests.TryDequeue(out var body))
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
            using var response = await http.PostAsync($"{Prefix}/devices/{device.DeviceId}/scans", content);
            var text = await response.Content.ReadAsStringAsync();
            if (text.Split("\"recorded\"").Length - 1 != body.Split('\n').Length) throw new InvalidOperationException(text);
        }
    }));
    return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
}

async Task<OwnPlace[]> RegisterAsync()
{
    var registered = new List<OwnPlace>();
    for (var number = 0; number < Places; number++)
    {
        registered.Add(await PostAsync<OwnPlace>(
            "places", new PlaceRequest($"Place {number}", PlaceType.Office, "1 Long Street", new GeoPosition(31 + (number % 20 * 0.01), 121), 100_000, "91310115MA1K3BTP2B"), Roles.VenueOperator));
    }

    await PostAsync<DecisionAnswer>("places/decisions", new DecisionRequest([.. registered.Select(place => place.PlaceId)], true), Roles.HealthOfficer);
    return [.. registered];
}

async Task<T> PostAsync<T>(string path, object body, string role)
{
    using var http = new HttpClient { BaseAddress = grouped.Address };
    using var request = new HttpRequestMessage(HttpMethod.Post, $"{Prefix}/{path}") { Content = JsonContent.Create(body, options: json) };
    request.Headers.Add(IdempotencyKey.Header, Guid.CreateVersion7().ToString());
    request.Headers.Authorization = new("Bearer", TestTokens.Person(owner, "place-registration", role));
    using var response = await http.SendAsync(request);
    var text = await response.Content.ReadAsStringAsync();
    return response.IsSuccessStatusCode ? JsonSerializer.Deserialize<T>(text, json)! : throw new InvalidOperationException(text);
}

// Visits of other people over the last four weeks, with their keys.
async Task StoreAsync(int count)
{
    await using var command = new NpgsqlCommand(
        $"""
        WITH stored AS (
            INSERT INTO visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late)
            SELECT gen_random_uuid(), uuid_in(md5((n % 1000000)::text)::cstring), (ARRAY[{string.Join(',', places.Select(place => $"'{place.PlaceId}'::uuid"))}])[1 + n % {Places}],
                arrived_at, arrived_at + interval '1 hour', false, true
            FROM (SELECT n, now() - random() * interval '27 days' AS arrived_at FROM generate_series(1, {count}) AS n) AS made RETURNING id, arrived_at)
        INSERT INTO visit_keys (key, visit_id, arrived_at, recorded_at) SELECT gen_random_uuid(), id, arrived_at, arrived_at FROM stored
        """) { CommandTimeout = 3600 };
    await using var connection = await database.Source.OpenConnectionAsync();
    command.Connection = connection;
    await command.ExecuteNonQueryAsync();
    command.CommandText = "CHECKPOINT";
    await command.ExecuteNonQueryAsync();
    command.CommandText = "ANALYZE visits, visit_keys";
    await command.ExecuteNonQueryAsync();
}

async Task<double> MedianAsync(Func<Task<double>> runAsync)
{
    var all = new List<double>();
    for (var round = 0; round < rounds; round++) all.Add(await runAsync());
    return Median(all);
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted[sorted.Length / 2];
}

static void Report(string what, double ratio, bool reached, string goal) =>
    Console.WriteLine($"{what}: {ratio.ToString("0.00", CultureInfo.InvariantCulture)}× (goal {goal}: {(reached ? "reached" : "MISSED")})");
