using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.Benchmarks.Tracing;

/// <summary>
/// Four weeks of visits: everybody goes somewhere two to three times a day, between seven in the morning and midnight, mostly to the same popular places and
/// mostly for less than an hour and a half; one stay in twenty is long. The same seed gives the same town.
/// </summary>
internal sealed record BigTown(int Citizens, int Places)
{
    private const int Days = 28;
    private const int VisitsPerCitizen = 66;
    private const int VisitsPerPlace = 1000;
    private const int Seed = 1;

    private static readonly DateTimeOffset First = new(2026, 2, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Loads the visits unless they are there.</summary>
    public static async Task<BigTown> LoadAsync(NpgsqlDataSource source, string connectionString, int visits)
    {
        await MigrateAsync(connectionString);
        var town = new BigTown(Math.Max(50, visits / VisitsPerCitizen), Math.Max(10, visits / VisitsPerPlace));
        await using var connection = await source.OpenConnectionAsync();
        if (await ScalarAsync(connection, "SELECT count(*) FROM visits") == visits) return town;

        var started = Stopwatch.GetTimestamp();
        await ExecuteAsync(connection, "TRUNCATE visits, places; ALTER TABLE visits DROP CONSTRAINT pk_visits; DROP INDEX ix_visits_citizen_id_arrived_at, ix_visits_place_id_arrived_at, ix_visits_place_id_arrived_at_long");
        for (var week = 0; week < Days / 7; week++)
        {
            var (from, until) = (First.AddDays(7 * week), First.AddDays(7 * (week + 1)));
            await ExecuteAsync(connection, $"CREATE TABLE IF NOT EXISTS visits_week_{from:yyyyMMdd} PARTITION OF visits FOR VALUES FROM ('{from:O}') TO ('{until:O}')");
        }

        var random = new Random(Seed);
        await town.AddPlacesAsync(connection, random);
        await town.AddVisitsAsync(source, visits);
        Console.WriteLine($"{visits:N0} visits made after {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
        await ExecuteAsync(
            connection,
            """
            SET maintenance_work_mem = '512MB';
            ALTER TABLE visits ADD CONSTRAINT pk_visits PRIMARY KEY (id, arrived_at);
            CREATE INDEX ix_visits_citizen_id_arrived_at ON visits (citizen_id, arrived_at);
            CREATE INDEX ix_visits_place_id_arrived_at ON visits (place_id, arrived_at);
            CREATE INDEX ix_visits_place_id_arrived_at_long ON visits (place_id, arrived_at) WHERE is_long
            """);
        await ExecuteAsync(connection, "VACUUM ANALYZE visits");
        await ExecuteAsync(connection, "VACUUM ANALYZE places");
        Console.WriteLine($"indexed after {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
        return town;
    }

    /// <summary>So many citizens by chance, infectious for the last two weeks.</summary>
    public async Task<Source[]> CasesAsync(NpgsqlDataSource source, int cases)
    {
        await using var command = source.CreateCommand("SELECT citizen_id FROM (SELECT DISTINCT citizen_id FROM visits WHERE arrived_at < $1) AS c ORDER BY uuid_hash(citizen_id), citizen_id LIMIT $2");
        command.CommandTimeout = 600;
        command.Parameters.Add(Sql.Value(First.AddHours(9)));
        command.Parameters.Add(Sql.Value(cases));
        await using var reader = await command.ExecuteReaderAsync();
        var sources = new List<Source>();
        while (await reader.ReadAsync()) sources.Add(new Source(Guid.NewGuid(), reader.GetGuid(0), First.AddDays(Days - 14), First.AddDays(Days)));
        return [.. sources];
    }

    private async Task AddPlacesAsync(NpgsqlConnection connection, Random random)
    {
        var (types, air) = (Enum.GetValues<PlaceType>(), Enum.GetValues<Ventilation>());
        await using var places = await connection.BeginBinaryImportAsync(
            "COPY places (id, owner_id, registration_key, code, registered_at, name, type, address, capacity, latitude, longitude, cell, ventilation) FROM STDIN (FORMAT BINARY)");
        for (var place = 0; place < Places; place++)
        {
            await places.WriteRowAsync(
                default, PlaceId(place), Guid.NewGuid(), Guid.NewGuid(), PlaceCode.New().Value, First, "A place", types[random.Next(types.Length)].ToString(), "1 Long Street", 100, 31.2, 121.4,
                "3120N12140E", air[random.Next(air.Length)].ToString());
        }

        await places.CompleteAsync();
    }

    /// <summary>Made by the database itself, a week on each connection, in the order in which they would have come: half the time of copying them there.</summary>
    private Task AddVisitsAsync(NpgsqlDataSource source, int visits) => Task.WhenAll(Enumerable.Range(0, Days / 7).Select(async week =>
    {
        await using var connection = await source.OpenConnectionAsync();
        var (from, until) = ((long)visits * week / (Days / 7), (long)visits * (week + 1) / (Days / 7));
        await ExecuteAsync(
            connection,
            $"""
            SELECT setseed({Seed} / 100.0 + {week} / 10.0);
            INSERT INTO visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late)
            SELECT (lpad(to_hex((extract(epoch FROM arrived_at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
                md5('citizen' || floor(random() * {Citizens}))::uuid,
                -- A square: some places are much busier than others.
                md5('place' || floor({Places} * random() ^ 2))::uuid,
                arrived_at, arrived_at + interval '1 minute' * floor(CASE
                    WHEN length < 0.05 THEN 180 + random() * 420 WHEN length < 0.2 THEN 60 + random() * 120 ELSE 5 + random() * 85 END), false, false
            FROM (
                SELECT md5(n::text) AS hash, random() AS length,
                    date_trunc('second', '{First:O}'::timestamptz + interval '1 day' * floor(day) + interval '1 hour' * (7 + (day - floor(day)) * 17)) AS arrived_at
                FROM (SELECT n, n::float8 / {visits} * {Days} AS day FROM generate_series({from}, {until - 1}) AS n) AS numbered) AS made
            """);
    }));

    private static Guid PlaceId(int number) => new(MD5.HashData(Encoding.ASCII.GetBytes($"place{number}")), bigEndian: true);

    public static async Task MigrateAsync(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:tracing"] = connectionString;
        builder.AddDatabase<PlaceRegistrationDb>("tracing");
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 1200 };
        await command.ExecuteNonQueryAsync();
    }
}
