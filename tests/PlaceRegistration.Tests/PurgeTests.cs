using System.Text;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>The proof that forgetting forgets: on a PostgreSQL of its own, whose files are read byte by byte.</summary>
public sealed class PurgeTests
{
    [Fact]
    public async Task After_their_time_no_byte_of_a_persons_visits_is_left_in_the_data_files()
    {
        await using var servers = new CityServers();
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, canary) = town.Citizen();
        var visit = await town.CheckInAsync(anna, place);
        await town.CheckInAsync(anna, place, Town.Noon.AddDays(-8), Town.Noon.AddDays(-8).AddHours(1));
        town.Clock.Advance(TimeSpan.FromMinutes(20));
        await town.CheckOutAsync(anna, visit.VisitId!.Value);
        // One that no week was made for, which the default takes and gives up later.
        await town.Database.ExecuteAsync(
            $"INSERT INTO visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late) VALUES (gen_random_uuid(), '{canary}', '{place.PlaceId}', '2026-03-26', '2026-03-26 01:00', false, true)");
        // The planner keeps samples.
        for (var other = 0; other < 20; other++) await town.CheckInAsync(town.Citizen().Account, place);
        await town.Database.ExecuteAsync("ANALYZE visits");
        (await town.Database.ScalarAsync<bool>($"SELECT bool_or(histogram_bounds::text LIKE '%{canary}%' OR most_common_vals::text LIKE '%{canary}%') FROM pg_stats WHERE attname = 'citizen_id'")).ShouldBeTrue();
        await CheckpointAsync(town.Database);
        var files = await town.Database.ScalarAsync<string>("SHOW data_directory");
        FilesWith(canary, files).ShouldNotBeEmpty();

        // Day after day, as in life: weeks are made, filled from the default, and dropped.
        for (var day = 0; day < 62; day += 3)
        {
            town.Clock.Advance(TimeSpan.FromDays(3));
            await Task.Yield();
        }

        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits") == 0);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stats WHERE tablename LIKE 'visits_week_2026%' AND attname = 'citizen_id'") == 0);
        // WAL comes round again in its time; here it is made to.
        for (var round = 0; round < 10 && FilesWith(canary, files).Count > 0; round++) await CheckpointAsync(town.Database);
        FilesWith(canary, files).ShouldBeEmpty();
    }

    private static async Task CheckpointAsync(TestDatabase database)
    {
        await database.ExecuteAsync("ALTER SYSTEM SET wal_recycle = off");
        await database.ExecuteAsync("ALTER SYSTEM SET min_wal_size = '32MB'");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
        for (var segment = 0; segment < 2; segment++)
        {
            await database.ExecuteAsync("SELECT txid_current(), pg_switch_wal()");
            await database.ExecuteAsync("CHECKPOINT");
        }
    }

    /// <summary>Files that hold the pseudonym, as PostgreSQL stores it or as text.</summary>
    private static List<string> FilesWith(Guid citizenId, string folder)
    {
        byte[][] forms = [citizenId.ToByteArray(bigEndian: true), Encoding.ASCII.GetBytes(citizenId.ToString())];
        return
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file =>
            {
                try
                {
                    var bytes = File.ReadAllBytes(file);
                    return forms.Any(form => bytes.AsSpan().IndexOf(form) >= 0);
                }
                catch (FileNotFoundException)
                {
                    // Removed while we looked.
                    return false;
                }
            }),
        ];
    }
}
