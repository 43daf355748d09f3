using System.Diagnostics;
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
        await town.AddVisitsAsync(connection, random, visits);
        Console.WriteLine($"{visits:N0} visits copied after {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
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
                default, Id(1, place), Guid.NewGuid(), Guid.NewGuid(), PlaceCode.New().Value, First, "A place", types[random.Next(types.Length)].ToString(), "1 Long Street", 100, 31.2, 121.4,
                "3120N12140E", air[random.Next(air.Length)].ToString());
        }

        await places.CompleteAsync();
    }

    private async Task AddVisitsAsync(NpgsqlConnection connection, Random random, int visits)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late) FROM STDIN (FORMAT BINARY)");
        for (var visit = 0; visit < visits; visit++)
        {
            // In the order in which they would have come.
            var day = (double)visit / visits * Days;
            var at = First.AddDays((int)day).AddHours(7 + ((day - (int)day) * 17));
            at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
            var minutes = random.Next(20) switch { 0 => random.Next(180, 600), < 4 => random.Next(60, 180), _ => random.Next(5, 90) };
            await copy.StartRowAsync();
            await copy.WriteAsync(VisitId.New(at).Value);
            await copy.WriteAsync(Id(0, random.Next(Citizens)));
            // A square: some places are much busier than others.
            await copy.WriteAsync(Id(1, (int)(Places * Math.Pow(random.NextDouble(), 2))));
            await copy.WriteAsync(at);
            await copy.WriteAsync(at.AddMinutes(minutes));
            await copy.WriteAsync(false);
            await copy.WriteAsync(false);
        }

        await copy.CompleteAsync();
    }

    /// <summary>Spread like the city's own ids, and the same in every run.</summary>
    private static Guid Id(int kind, int number) => DerivedId.OfWrite(new Guid(kind, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));

    private static async Task MigrateAsync(string connectionString)
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
