using System.Globalization;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.Replay;
using SmartCity.Replay.Towns;
using Outbreak = SmartCity.Replay.Towns.Town;

namespace SmartCity.Benchmarks.Tracing;

/// <summary>
/// Recorded outbreaks through tracing itself, with the policy that a city starts with: how many of the recorded transmissions are among those who are flagged, and how
/// many others are flagged for each, if only longer times in the same air counted. Printed as the table of docs/replay.md.
/// </summary>
internal static class Outbreaks
{
    // As the health code's policy has it.
    private static readonly TimeSpan InfectiousBefore = TimeSpan.FromDays(4);

    public static async Task CompareAsync(NpgsqlDataSource database, CaseTracing tracing, TracePolicy policy, string folder, TimeSpan infectiousAfter)
    {
        Console.WriteLine("| outbreak | minutes in the same air | recorded transmissions found | pairs flagged | others for each found |\n|---|---|---|---|---|");
        foreach (var outbreak in new[] { Hagelloch.Load(folder), MersKorea.Load(folder) })
        {
            var people = outbreak.People.ToDictionary(person => person.Key, _ => Guid.NewGuid());
            await StoreAsync(database, outbreak, people);
            Source[] sources =
            [
                .. outbreak.Cases.Select(illness => new Source(
                    people[illness.Person], people[illness.Person], At(illness.Onset, 8) - InfectiousBefore, At(illness.Onset, 8) + infectiousAfter)),
            ];
            await using var connection = await database.OpenConnectionAsync();
            var (_, _, findings) = await tracing.FindAsync(connection, null, sources, policy, default);
            var minutes = findings.GroupBy(finding => (finding.SourceId, finding.CitizenId)).ToDictionary(pair => pair.Key, pair => pair.Sum(finding => finding.Minutes));
            var recorded = outbreak.Transmissions.Select(pair => (people[pair.Infector], people[pair.Infectee])).ToArray();
            foreach (var least in Findings.Thresholds)
            {
                var overlap = new Overlap(least, recorded.Count(pair => minutes.GetValueOrDefault(pair) >= least), minutes.Values.Count(together => together >= least));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {outbreak.Name} | {least:N0} | {overlap.Found} of {recorded.Length} ({100.0 * overlap.Found / recorded.Length:F0} %) | {overlap.Flagged:N0} | {overlap.OthersPerFound:F1} |"));
            }
        }
    }

    private static async Task StoreAsync(NpgsqlDataSource database, Outbreak outbreak, Dictionary<string, Guid> people)
    {
        var venues = outbreak.Places.ToDictionary(venue => venue.Key, _ => Guid.NewGuid());
        await using var connection = await database.OpenConnectionAsync();
        await using (var places = await connection.BeginBinaryImportAsync(
            "COPY places (id, owner_id, registration_key, code, registered_at, name, type, address, capacity, latitude, longitude, cell, ventilation) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var venue in outbreak.Places)
            {
                await places.WriteRowAsync(
                    default, venues[venue.Key], Guid.NewGuid(), Guid.NewGuid(), PlaceCode.New().Value, At(outbreak.FirstDay, 0), venue.Name, Enum.Parse<PlaceType>(venue.Type, ignoreCase: true).ToString(),
                    venue.Name, 500, venue.At.Latitude, venue.At.Longitude, "3120N12140E", nameof(Ventilation.Unknown));
            }

            await places.CompleteAsync();
        }

        await using var visits = await connection.BeginBinaryImportAsync("COPY visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late) FROM STDIN (FORMAT BINARY)");
        foreach (var stay in outbreak.Stays)
        {
            await visits.WriteRowAsync(default, Guid.NewGuid(), people[stay.Person], venues[stay.Venue], At(stay.Day, stay.From), At(stay.Day, stay.Until), false, true);
        }

        await visits.CompleteAsync();
    }

    private static DateTimeOffset At(DateOnly day, double hour) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).AddHours(hour);
}
