using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.Benchmarks.Tracing;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.Testing;

// How long it takes to find everybody who breathed the air of a case, against the best SQL that we could write by hand for the same answer on the same indexes.
//   --visits 20000000   how many are loaded (outside the timed part)
//   --cases 500         in the batch
//   --postgres STRING   a database that is kept and used again if it holds that many visits; without it a server is started and thrown away
//   --after 10          days after the onset that a case of an outbreak is infectious
//   --outbreaks FOLDER  instead: the table of docs/replay.md, from the recorded outbreaks in that folder (a full path)
const int RoundsOfOne = 3;
const int RoundsOfMany = 3;
var options = new ConfigurationBuilder().AddCommandLine(args).Build();
var (visits, cases) = (options.GetValue("visits", 20_000_000), options.GetValue("cases", 500));
await using var servers = new CityServers();
var database = options["postgres"] ?? await servers.PostgresAsync("postgres");
await using var source = NpgsqlDataSource.Create(database);
var limits = Options.Create(new VisitLimits());
if (options["outbreaks"] is { } folder)
{
    await BigTown.MigrateAsync(database);
    var starting = TracePolicyBook.Read(Path.Combine(AppContext.BaseDirectory, "TracePolicies"));
    await Outbreaks.CompareAsync(source, new CaseTracing(starting, limits), starting.InForce(TimeProvider.System.GetUtcNow())!, folder, TimeSpan.FromDays(options.GetValue("after", 10)));
    return;
}

var town = await BigTown.LoadAsync(source, database, visits);
var policies = TracePolicyBook.Read(Path.Combine(AppContext.BaseDirectory, "policy"));
var policy = policies.Of("benchmark");
var tracing = new CaseTracing(policies, limits);
var sources = await town.CasesAsync(source, cases);
await using var connection = await source.OpenConnectionAsync();
await using var baseline = await Baseline.PrepareAsync(connection, policy);

// The same answer, before anything is timed; this also warms the cache for both.
var found = (await tracing.FindAsync(connection, null, sources, policy, default)).Findings.ToLookup(finding => finding.SourceId);
var exposures = 0;
foreach (var one in sources)
{
    var expected = await baseline.FindAsync(one);
    var answer = found[one.Id].Select(Answer.Of).ToDictionary(exposure => (exposure.CitizenId, exposure.PlaceId));
    if (answer.Count != expected.Count || !expected.All(exposure => answer.GetValueOrDefault((exposure.CitizenId, exposure.PlaceId)) == exposure))
        throw new InvalidOperationException($"Case {one.Id}: tracing found {answer.Count}, SQL {expected.Count}, or they differ.");
    exposures += answer.Count;
}

Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, PostgreSQL {connection.PostgreSqlVersion}; {visits:N0} visits of {town.Citizens:N0} people at {town.Places:N0} places; {sources.Length} cases with {exposures:N0} exposures, the same by both");

var (ours, theirs) = (new List<double>(), new List<double>());
for (var round = 0; round < RoundsOfOne; round++)
{
    foreach (var one in sources.Take(100))
    {
        theirs.Add(await TimeAsync(() => baseline.FindAsync(one)));
        ours.Add(await TimeAsync(() => tracing.FindAsync(connection, null, [one], policy, default)));
    }
}

Report("one case", Median(ours), Median(theirs), goal: 1);

var (batch, loop) = (new List<double>(), new List<double>());
for (var round = 0; round < RoundsOfMany; round++)
{
    loop.Add(await TimeAsync(async () =>
    {
        foreach (var one in sources) await baseline.FindAsync(one);
        return 0;
    }));
    batch.Add(await TimeAsync(() => tracing.FindAsync(connection, null, sources, policy, default)));
}

Report($"{sources.Length} cases in one batch, against SQL for each", Median(batch), Median(loop), goal: 0.2);

static async Task<double> TimeAsync<T>(Func<Task<T>> act)
{
    var started = Stopwatch.GetTimestamp();
    await act();
    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}

static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

static void Report(string what, double ours, double theirs, double goal) =>
    Console.WriteLine($"{what}: {ours:F2} ms against {theirs:F2} ms by hand-tuned SQL, ratio {ours / theirs:F2} (goal <= {goal}: {(ours / theirs <= goal ? "reached" : "MISSED")})");
