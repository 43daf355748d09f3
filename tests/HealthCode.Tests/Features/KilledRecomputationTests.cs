using SmartCity.HealthCode.Data;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

/// <summary>The service as a process of its own, which dies by SIGKILL in the middle of a recomputation.</summary>
public sealed class KilledRecomputationTests(CityServers servers)
{
    private const int People = 60;
    private const int Kills = 3;

    [Fact]
    public async Task A_recomputation_goes_on_where_it_was_after_every_SIGKILL_and_decides_about_each_once()
    {
        await using var database = await TestDatabase.CreateAsync<HealthCodeDb>(servers);
        await SeedAsync(database);
        (string, string?)[] settings =
        [
            .. await servers.BrokerSettingsAsync(), ("ConnectionStrings:health-code-db", database.ConnectionString), ("PersonalData:Key", "tests-only-tests-only-tests-only-tests-only"),
            ("Walks:Batch", "2"), ("Walks:Interval", "00:00:00.050"),
        ];
        // Slow enough to be killed in the middle.
        await using var slow = new ServiceProcess("HealthCode", [.. settings, ("Walks:Rest", "100")]);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var before = await LookedAsync(database);
            await slow.StartAsync();
            await Eventually.Async(async () => await LookedAsync(database) > before, TimeSpan.FromMinutes(1));
            await slow.KillAsync();
            (await database.ScalarAsync<long>("SELECT count(*) FROM city_walks WHERE finished_at IS NULL")).ShouldBe(1, "it was killed in the middle");
        }

        await using var last = new ServiceProcess("HealthCode", settings);
        await last.StartAsync();
        await Eventually.Async(async () => await database.ScalarAsync<long>("SELECT count(*) FROM city_walks WHERE finished_at IS NOT NULL") == 1, TimeSpan.FromMinutes(2));
        (await LookedAsync(database)).ShouldBe(People);
        (await database.ScalarAsync<long>("SELECT count(*) FROM citizen_codes WHERE color = 'Green' AND policy_version = 'shorter' AND version = 2")).ShouldBe(People);
        (await database.ScalarAsync<long>("SELECT count(DISTINCT citizen_id) FROM code_changes WHERE cause = 'PolicyChanged'")).ShouldBe(People);
        (await database.ScalarAsync<long>("SELECT count(*) FROM code_changes")).ShouldBe(People);
    }

    private static Task<long> LookedAsync(TestDatabase database) => database.ScalarAsync<long>("SELECT looked FROM city_walks");

    /// <summary>Contacts of five days ago, yellow by the policy in force, and the release of one that frees them after three.</summary>
    private static async Task SeedAsync(TestDatabase database)
    {
        await database.ExecuteAsync($$"""
            CREATE TEMP TABLE n AS SELECT i, gen_random_uuid() AS id, gen_random_uuid() AS fact FROM generate_series(1, {{People}}) AS i;
            INSERT INTO citizens (id, sealed_number, account_id, registered_at, sealed_name, birth_decade)
                SELECT id, '\x00', gen_random_uuid(), now(), '\x00', 1970 FROM n;
            INSERT INTO keyring.person_keys (id, number_lookup) SELECT id, decode(md5(i::text), 'hex') FROM n;
            INSERT INTO evidence (id, citizen_id, kind, source, at, minutes, stated_at)
                SELECT fact, id, 'Exposure', 'PlaceRegistration', now() - interval '5 days', 45, now() - interval '5 days' FROM n;
            INSERT INTO citizen_codes (citizen_id, color, rule, policy_version, evidence, valid_until, version, revision)
                SELECT id, 'Yellow', 'close-contact', '2022-2', ARRAY[fact], now() + interval '9 days', 1, 1 FROM n
            """);
        var document = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Policies", "2022-2.json")))
            .Replace("\"2022-2\"", "\"shorter\"", StringComparison.Ordinal).Replace("14,", "3,", StringComparison.Ordinal);
        await using var release = database.Source.CreateCommand("""
            WITH released AS (
                INSERT INTO policies (version, document, drafted_by, drafted_at, state, approvers, percent, districts, released_at, revision)
                VALUES ('shorter', $1, gen_random_uuid(), now(), 'Released', ARRAY[gen_random_uuid(), gen_random_uuid()], 100, ARRAY[]::text[], now(), 3))
            INSERT INTO city_walks (id, kind, policy_version, started_at, position, looked, changed, failed, moved_at)
            VALUES (gen_random_uuid(), 'Recompute', 'shorter', now(), '00000000-0000-0000-0000-000000000000', 0, 0, 0, now())
            """);
        release.Parameters.Add(new() { Value = document });
        await release.ExecuteNonQueryAsync();
    }
}
