using System.Diagnostics;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.HealthCode;

/// <summary>
/// A new policy for everybody, decided with reasons by the service, against the cheapest thing that a database can do with the same rows: one UPDATE of the
/// same columns. And how long people wait for their own code meanwhile.
/// </summary>
internal static class Recomputation
{
    private const int ReadsPerSecond = 100;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(City city, int rounds)
    {
        var accounts = await city.SomeAccountsAsync(2_000);
        await ReadAsync(city, accounts, TimeSpan.FromSeconds(5), CancellationToken.None);

        var (naive, ours, before, during) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await City.ExecuteAsync(city.Database, """
                UPDATE citizen_codes SET color = color, rule = rule, evidence = evidence, policy_version = policy_version || '', valid_until = valid_until + interval '1 microsecond',
                    version = version + 1, revision = revision + 1
                """);
            naive.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            await City.ExecuteAsync(city.Database, "VACUUM ANALYZE citizen_codes; CHECKPOINT");

            before.Add(P99(await ReadAsync(city, accounts, Calm, CancellationToken.None)));
            using var done = new CancellationTokenSource();
            var reading = ReadAsync(city, accounts, Timeout.InfiniteTimeSpan, done.Token);
            ours.Add(await RecomputeAsync(city.Database, round));
            await done.CancelAsync();
            during.Add(P99(await reading));
            await City.ExecuteAsync(city.Database, "VACUUM ANALYZE citizen_codes; CHECKPOINT");
            Console.WriteLine($"round {round}: UPDATE {naive[^1]:F1} s, recomputation {ours[^1]:F1} s, p99 of reads {before[^1]:F1} ms before and {during[^1]:F1} ms during");
        }

        Print("recomputation / one UPDATE", Median(ours) / Median(naive), 3, $"{Median(ours):F1} s, {Median(naive):F1} s, {city.People / Median(ours):N0} people/s");
        Print("p99 of reads during / before", Median(during) / Median(before), 1.5, $"{Median(during):F1} ms, {Median(before):F1} ms at {ReadsPerSecond} reads/s");
    }

    /// <summary>Releases a policy that differs from the one before in the days of contacts, as the service does, and waits until everybody was decided about.</summary>
    private static async Task<double> RecomputeAsync(TestDatabase database, int round)
    {
        var document = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Policies", "2022-2.json")))
            .Replace("\"2022-2\"", $"\"bench-{round}\"", StringComparison.Ordinal);
        if (round % 2 == 1) document = document.Replace("14,", "10,", StringComparison.Ordinal);
        var started = Stopwatch.GetTimestamp();
        await using (var release = database.Source.CreateCommand("""
            INSERT INTO policies (version, document, drafted_by, drafted_at, state, approvers, percent, districts, released_at, revision)
            VALUES ($1, $2, gen_random_uuid(), now(), 'Released', ARRAY[gen_random_uuid(), gen_random_uuid()], 100, ARRAY[]::text[], $3, 3)
            """))
        {
            release.Parameters.Add(new() { Value = $"bench-{round}" });
            release.Parameters.Add(new() { Value = document });
            release.Parameters.Add(new() { Value = City.Now.AddSeconds(round) });
            await release.ExecuteNonQueryAsync();
        }

        await using (var walk = database.Source.CreateCommand("""
            INSERT INTO city_walks (id, kind, policy_version, started_at, position, looked, changed, failed, moved_at)
            VALUES (gen_random_uuid(), 'Recompute', $1, $2, '00000000-0000-0000-0000-000000000000', 0, 0, 0, $2)
            """))
        {
            walk.Parameters.Add(new() { Value = $"bench-{round}" });
            walk.Parameters.Add(new() { Value = City.Now.AddSeconds(round) });
            await walk.ExecuteNonQueryAsync();
        }

        while (await database.ScalarAsync<long>("SELECT count(*) FROM city_walks WHERE finished_at IS NULL") > 0) await Task.Delay(50);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Reads at a steady rate, whether or not the last answer has come: a slow answer makes others slow too, as it does for people.</summary>
    private static async Task<List<double>> ReadAsync(City city, Guid[] accounts, TimeSpan length, CancellationToken until)
    {
        var (client, started, running) = (city.Client(), Stopwatch.GetTimestamp(), new List<Task<TimeSpan>>());
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ReadsPerSecond));
        while (!until.IsCancellationRequested && (length == Timeout.InfiniteTimeSpan || Stopwatch.GetElapsedTime(started) < length))
        {
            running.Add(city.ReadCodeAsync(client, accounts[running.Count % accounts.Length]));
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }

        return [.. (await Task.WhenAll(running)).Select(time => time.TotalMilliseconds)];
    }

    private static double P99(List<double> times)
    {
        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Print(string what, double ratio, double goal, string detail) =>
        Console.WriteLine($"{what}: {ratio:F2} (goal at most {goal:F1}) {(ratio <= goal ? "met" : "MISSED")}  {detail}");
}
