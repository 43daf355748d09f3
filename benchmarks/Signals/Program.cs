using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using SmartCity.Benchmarks.Signals;
using SmartCity.EarlyWarning.Data;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

// A batch of values by HTTP, read, checked and committed, against COPY of the same values from memory into a table of the same shape: in turns, medians.
const int Cells = 900;
const int Days = 111;
const int Rounds = 7;
const double Goal = 0.3;

await using var servers = new CityServers();
await using var database = await TestDatabase.CreateAsync<EarlyWarningDb>(servers);
await using var app = new CityApp<EarlyWarningDb>("early-warning", clock: null, [
    .. await servers.BrokerSettingsAsync(), ("PersonalData:Key", "a-key-for-benchmarks-that-is-long-enough"), ("ConnectionStrings:early-warning-db", database.ConnectionString),
]);
app.UseKestrel(0);
using var client = app.AsOfficer(Guid.CreateVersion7(), "health-commission", Roles.HealthOfficer);
await database.ExecuteAsync("CREATE TABLE copied (series int, at timestamptz, revision bigint, value double precision, PRIMARY KEY (series, at, revision))");

var (copies, batches, corrections) = (new List<double>(), new List<double>(), new List<double>());
for (var round = -1; round < Rounds; round++)
{
    var first = new DateOnly(1950, 1, 1).AddDays((round + 1) * Days);
    var copied = await RateAsync(() => CopyAsync(first, round));
    var stored = await RateAsync(() => PostAsync(first, change: 0));
    var corrected = await RateAsync(() => PostAsync(first, change: 1));
    // The first round warms up.
    if (round < 0) continue;
    copies.Add(copied);
    batches.Add(stored);
    corrections.Add(corrected);
}

Print("new values", batches);
Print("corrections of all of them", corrections);
await Recomputation.RunAsync(client, database);

void Print(string what, List<double> rates)
{
    var ratio = Median(rates) / Median(copies);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what}: {Median(rates):N0} values/s; COPY {Median(copies):N0}/s; ratio {ratio:F2} (goal {Goal}: {(ratio >= Goal ? "reached" : "MISSED")})"));
}

async Task<double> RateAsync(Func<Task> act)
{
    var start = Stopwatch.GetTimestamp();
    await act();
    return Cells * Days / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

async Task CopyAsync(DateOnly first, int round)
{
    await using var connection = await database.Source.OpenConnectionAsync();
    await using var copy = await connection.BeginBinaryImportAsync("COPY copied (series, at, revision, value) FROM STDIN (FORMAT BINARY)");
    for (var cell = 0; cell < Cells; cell++)
    {
        for (var day = 0; day < Days; day++)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(cell, NpgsqlDbType.Integer);
            await copy.WriteAsync(new DateTimeOffset(first.AddDays(day).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), NpgsqlDbType.TimestampTz);
            await copy.WriteAsync((long)round, NpgsqlDbType.Bigint);
            await copy.WriteAsync((double)((cell + day) % 40), NpgsqlDbType.Double);
        }
    }

    await copy.CompleteAsync();
}

async Task PostAsync(DateOnly first, int change)
{
    using var content = new ByteArrayContent(Batch(first, change));
    content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
    using var answer = await client.PostAsync("/early-warning/v1/signals/sickLeave", content);
    var text = await answer.Content.ReadAsStringAsync();
    if (!answer.IsSuccessStatusCode || !text.Contains($"\"stored\":{Cells * Days}", StringComparison.Ordinal)) throw new InvalidOperationException(text);
}

static byte[] Batch(DateOnly first, int change)
{
    var text = new StringBuilder("area,at,value\n");
    for (var cell = 0; cell < Cells; cell++)
        for (var day = 0; day < Days; day++)
            text.Append(CultureInfo.InvariantCulture, $"{3100 + (cell / 30)}N{12100 + (cell % 30)}E,{first.AddDays(day):yyyy-MM-dd},{((cell + day) % 40) + change}\n");
    return Encoding.UTF8.GetBytes(text.ToString());
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
