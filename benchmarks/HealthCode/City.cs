using System.Diagnostics;
using System.Net.Http.Headers;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.HealthCode;

/// <summary>The health code service on its own PostgreSQL and RabbitMQ, with as many people as asked for, each with evidence.</summary>
internal sealed class City : IAsyncDisposable
{
    private readonly CityServers servers;
    private readonly CityApp<HealthCodeDb> app;

    private City(CityServers servers, TestDatabase database, CityApp<HealthCodeDb> app, int people) =>
        (this.servers, Database, this.app, People) = (servers, database, app, people);

    public TestDatabase Database { get; }
    public int People { get; }
    public static DateTimeOffset Now { get; } = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);

    public static async Task<City> BuildAsync(int people)
    {
        var servers = new CityServers();
        var database = await TestDatabase.CreateAsync<HealthCodeDb>(servers);
        var started = Stopwatch.GetTimestamp();
        await FillAsync(database, people);
        Console.WriteLine($"filled in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
        (string, string?)[] settings =
        [
            .. await servers.BrokerSettingsAsync(),
            ("ConnectionStrings:health-code-db", database.ConnectionString),
            ("PersonalData:Key", "benchmark-only-benchmark-only-benchmark-only"),
        ];
        var app = new CityApp<HealthCodeDb>("health-code", new MovableClock(Now), settings);
        (await app.Anyone().GetAsync("/health/live")).EnsureSuccessStatusCode();
        return new City(servers, database, app, people);
    }

    /// <summary>Somebody's own client, and what it reads.</summary>
    public async Task<TimeSpan> ReadCodeAsync(HttpClient client, Guid account)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health-code/v1/me/code");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Person(account, "health-code", Roles.Citizen));
        var started = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request);
        var time = Stopwatch.GetElapsedTime(started);
        answer.EnsureSuccessStatusCode();
        return time;
    }

    public HttpClient Client() => app.Anyone();

    public async Task<Guid[]> SomeAccountsAsync(int count)
    {
        await using var command = Database.Source.CreateCommand($"SELECT account_id FROM citizens ORDER BY md5(id::text) LIMIT {count}");
        await using var reader = await command.ExecuteReaderAsync();
        var accounts = new List<Guid>();
        while (await reader.ReadAsync()) accounts.Add(reader.GetGuid(0));
        return [.. accounts];
    }

    /// <summary>Ids in order of time, as the service makes them. One in ten was exposed, of these one in ten long enough ago that the next policy frees them.</summary>
    private static async Task FillAsync(TestDatabase database, int people)
    {
        await ExecuteAsync(database, $$"""
            CREATE TEMP TABLE n AS SELECT i, (lpad(to_hex(1600000000000 + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid AS id
                FROM generate_series(1, {{people}}) AS i;
            INSERT INTO citizens (id, sealed_number, account_id, registered_at, sealed_name, home_cell, birth_decade)
                SELECT id, decode(repeat(md5(i::text), 3), 'hex'), md5('account' || i)::uuid, '2022-01-01', decode(repeat(md5(i::text), 2), 'hex'),
                    '31' || lpad((i % 40)::text, 2, '0') || 'N121' || lpad((i % 97)::text, 2, '0') || 'E', 1940 + i % 8 * 10 FROM n;
            INSERT INTO keyring.person_keys (id, number_lookup) SELECT id, decode(md5(i::text) || md5('x' || i), 'hex') FROM n;
            INSERT INTO evidence (id, citizen_id, kind, source, at, minutes, stated_at)
                SELECT md5('fact' || i)::uuid, id, CASE WHEN i % 10 = 0 THEN 'Exposure' ELSE 'NegativeResult' END, CASE WHEN i % 10 = 0 THEN 'PlaceRegistration' ELSE 'Laboratory' END,
                    CASE WHEN i % 100 = 0 THEN '2022-03-08T00:00:00Z'::timestamptz ELSE '2022-03-18T00:00:00Z' END, CASE WHEN i % 10 = 0 THEN 45 END, '2022-03-18T00:00:00Z' FROM n;
            INSERT INTO citizen_codes (citizen_id, color, rule, policy_version, evidence, valid_until, version, revision)
                SELECT id, CASE WHEN i % 10 = 0 THEN 'Yellow' ELSE 'Green' END, CASE WHEN i % 10 = 0 THEN 'close-contact' ELSE 'nothing-known' END, '2022-2',
                    CASE WHEN i % 10 = 0 THEN ARRAY[md5('fact' || i)::uuid] ELSE ARRAY[]::uuid[] END,
                    CASE WHEN i % 100 = 0 THEN '2022-03-22T00:00:00Z'::timestamptz WHEN i % 10 = 0 THEN '2022-04-01T00:00:00Z' ELSE '2022-03-21T08:00:00Z' END, 1, 1 FROM n;
            """);
        await ExecuteAsync(database, "VACUUM ANALYZE");
    }

    public static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Database.DisposeAsync();
        await servers.DisposeAsync();
    }
}
