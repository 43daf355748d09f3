using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SmartCity.Benchmarks.CodeDisplay;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

// Showing a signed code over HTTP, against bare Kestrel that answers as many fixed bytes to the same requests, and against PostgreSQL point selects of the same
// rows by pgbench and, as a service reads them, by Npgsql. Taken in turns in one run; medians of all rounds. Argument: seconds of a round, default 3.
const int Phones = 64, Rounds = 7;
var round = TimeSpan.FromSeconds(args is [var seconds] ? double.Parse(seconds, CultureInfo.InvariantCulture) : 3);

await using var servers = new CityServers();
await using var database = await TestDatabase.CreateAsync<HealthCodeDb>(servers);
await using var city = new CityApp<HealthCodeDb>(
    "health-code", clock: null,
    [.. await servers.BrokerSettingsAsync(), ("ConnectionStrings:health-code-db", database.ConnectionString), ("PersonalData:Key", "benchmark-only-benchmark-only-benchmark-only")]);
city.UseKestrel(0);
city.StartServer();

var requests = new List<byte[]>();
for (var i = 0; i < Phones; i++)
{
    var token = TestTokens.Person(Guid.NewGuid(), "health-code", Roles.Citizen);
    using var client = city.With(token);
    var digits = $"31010119700101{i:000}";
    var registered = await client.PutAsJsonAsync("/health-code/v1/me", new { name = "王芳", citizenNumber = digits + CitizenNumber.CheckCharacter(digits) });
    registered.EnsureSuccessStatusCode();
    requests.Add(Encoding.ASCII.GetBytes($"GET /health-code/v1/me/credential HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"));
}

var cityPort = PortOf(city.Services.GetRequiredService<IServer>());
var (_, body) = await LoadClient.RunAsync(cityPort, requests, TimeSpan.FromSeconds(2));

var fixedBytes = new byte[body];
Array.Fill(fixedBytes, (byte)'x');
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
await using var bare = builder.Build();
bare.Run(http =>
{
    http.Response.ContentType = "application/json";
    http.Response.ContentLength = fixedBytes.Length;
    return http.Response.Body.WriteAsync(fixedBytes).AsTask();
});
await bare.StartAsync();
var barePort = PortOf(bare.Services.GetRequiredService<IServer>());

await database.ExecuteAsync("CREATE TABLE bench_codes AS SELECT (row_number() OVER () - 1)::int AS n, * FROM citizen_codes; CREATE UNIQUE INDEX ON bench_codes (n)");

var (shown, fixedAnswers, selects, bareSelects) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
for (var i = -1; i < Rounds; i++)
{
    var (a, b) = ((await LoadClient.RunAsync(barePort, requests, round)).Rate, (await LoadClient.RunAsync(cityPort, requests, round)).Rate);
    var (c, d) = (await SelectRateAsync(), PgbenchRate());
    // The first round warms up.
    if (i < 0) continue;
    fixedAnswers.Add(a);
    shown.Add(b);
    selects.Add(c);
    bareSelects.Add(d);
}

Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {Phones} phones, {body} bytes a code");
Print("signed code / bare Kestrel", Median(shown) / Median(fixedAnswers), 0.7, $"{Median(shown):N0}/s, {Median(fixedAnswers):N0}/s");
Print("signed code / PostgreSQL point selects", Median(shown) / Median(bareSelects), 2, $"{Median(shown):N0}/s, {Median(bareSelects):N0}/s; bare Kestrel {Median(fixedAnswers) / Median(bareSelects):F2}x");
Print("signed code / the same by Npgsql", Median(shown) / Median(selects), 2, $"{Median(shown):N0}/s, {Median(selects):N0}/s; bare Kestrel {Median(fixedAnswers) / Median(selects):F2}x");

async Task<double> SelectRateAsync()
{
    const int Connections = 16;
    var (done, clock) = (0, Stopwatch.StartNew());
    await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var phone = new NpgsqlParameter<int>();
        await using var select = new NpgsqlCommand("SELECT color, valid_until, version FROM bench_codes WHERE n = $1", connection) { Parameters = { phone } };
        await select.PrepareAsync();
        while (clock.Elapsed < round)
        {
            phone.TypedValue = Random.Shared.Next(Phones);
            await using var reader = await select.ExecuteReaderAsync();
            if (await reader.ReadAsync()) Interlocked.Increment(ref done);
        }
    })));
    return done / clock.Elapsed.TotalSeconds;
}

double PgbenchRate()
{
    var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
    var script = Path.GetTempFileName();
    File.WriteAllText(script, $"\\set n random(0, {Phones - 1})\nSELECT color, valid_until, version FROM bench_codes WHERE n = :n;\n");
    var pgbench = Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin", "pgbench")).Last(File.Exists);
    var start = new ProcessStartInfo(
        pgbench, ["-n", "-M", "prepared", "-f", script, "-c", "16", "-j", "2", "-T", $"{Math.Max(1, (int)round.TotalSeconds)}", "-h", connection.Host!, "-p", $"{connection.Port}", "-U", connection.Username!, connection.Database!])
    {
        RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PGPASSWORD"] = connection.Password },
    };
    using var process = Process.Start(start)!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    File.Delete(script);
    return double.Parse(Regex.Match(output, @"tps = ([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
}

static int PortOf(IServer server) => new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port;

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static void Print(string what, double ratio, double goal, string detail) =>
    Console.WriteLine($"{what}: {ratio:F2}x (goal {goal:F2}x) {(ratio >= goal ? "met" : "MISSED")}  {detail}");
