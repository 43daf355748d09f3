using Microsoft.Extensions.DependencyInjection;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>Everything happens at once, in any order; in the end the exposures are what a plain loop over all visits finds.</summary>
public sealed class RandomTownTests(CityServers servers)
{
    private const int Towns = 12;

    [Fact]
    public async Task Tracing_agrees_with_a_brute_force_model_whatever_happens_at_the_same_time()
    {
        await using var town = await Town.CreateAsync(servers);
        var log = town.App.Services.GetRequiredService<VisitLog>();

        for (var seed = 1; seed <= Towns; seed++)
        {
            var random = new Random(seed);
            var model = new Model(random, [await town.PlaceAsync(), await town.PlaceAsync(), await town.PlaceAsync()]);

            await Task.WhenAll(
                model.Visits.Chunk(random.Next(1, 5)).Select(async chunk =>
                {
                    await log.RecordAsync([.. chunk.Select(visit => new NewVisit(Guid.CreateVersion7(), "3123N12147E", visit))], default);
                    foreach (var visit in chunk.Where(visit => model.Ends.ContainsKey(visit.Id)))
                        await log.LeaveAsync(visit, model.Ends[visit.Id], null, Town.Noon, default);
                })
                .Concat(model.Cases.Select(confirmed => town.PublishAsync(confirmed)))
                .Concat(model.Cases.Where(model.IsWithdrawn).Select(town.WithdrawAsync)));

            (await ExposuresAsync(town, model)).ShouldBe(model.Expected(), ignoreOrder: true, $"seed {seed}");
        }
    }

    private static async Task<List<(Guid, Guid, Guid, int, DateTimeOffset, DateTimeOffset)>> ExposuresAsync(Town town, Model model)
    {
        await using var command = town.Database.Source.CreateCommand(
            "SELECT case_id, citizen_id, place_id, minutes, from_at, until FROM exposures WHERE NOT withdrawn AND case_id = ANY ($1)");
        command.Parameters.Add(Sql.Array(model.Cases.Select(confirmed => confirmed.CaseId)));
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(Guid, Guid, Guid, int, DateTimeOffset, DateTimeOffset)>();
        while (await reader.ReadAsync())
        {
            found.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return found;
    }

    private sealed class Model
    {
        private readonly HashSet<Guid> withdrawn = [];

        public Model(Random random, OwnPlace[] places)
        {
            Guid[] people = [.. Enumerable.Range(0, 8).Select(_ => Guid.CreateVersion7())];
            DateTimeOffset Some(int seconds) => Town.Noon.AddDays(-3).AddSeconds(random.Next(seconds));
            Visits =
            [
                .. Enumerable.Range(0, 60).Select(_ =>
                {
                    var arrivedAt = Some(3 * 86400);
                    return new Visit
                    {
                        Id = VisitId.New(arrivedAt).Value, CitizenId = people[random.Next(people.Length)], PlaceId = places[random.Next(places.Length)].PlaceId,
                        ArrivedAt = arrivedAt, Until = arrivedAt.AddSeconds(random.Next(1, 86400)), IsOpen = random.Next(2) == 0, IsLate = true,
                    };
                }),
            ];
            Ends = Visits.Where(visit => visit.IsOpen && random.Next(2) == 0).ToDictionary(visit => visit.Id, visit => visit.ArrivedAt.AddSeconds(random.Next(1, 86400)));
            Cases =
            [
                .. people.Take(4).Select(citizenId =>
                {
                    var from = Some(2 * 86400);
                    return new CaseConfirmed(Guid.CreateVersion7(), citizenId, null, from, from, from.AddSeconds(random.Next(1, 2 * 86400)), Town.Noon);
                }),
            ];
            if (random.Next(2) == 0) withdrawn.Add(Cases[0].CaseId);
        }

        public Visit[] Visits { get; }

        /// <summary>Check-outs to come.</summary>
        public Dictionary<Guid, DateTimeOffset> Ends { get; }

        public CaseConfirmed[] Cases { get; }

        public bool IsWithdrawn(CaseConfirmed confirmed) => withdrawn.Contains(confirmed.CaseId);

        public IEnumerable<(Guid, Guid, Guid, int, DateTimeOffset, DateTimeOffset)> Expected() =>
            from confirmed in Cases
            where !IsWithdrawn(confirmed)
            from pair in
                from mine in Visits
                where mine.CitizenId == confirmed.CitizenId
                from other in Visits
                where other.CitizenId != mine.CitizenId && other.PlaceId == mine.PlaceId
                let together = Stay(mine).Overlap(Stay(other))?.Overlap(new Interval(confirmed.InfectiousFrom, confirmed.InfectiousUntil))
                where together is not null
                group together by (other.CitizenId, other.PlaceId)
            select (confirmed.CaseId, pair.Key.CitizenId, pair.Key.PlaceId, Minutes(pair), pair.Min(part => part.From), pair.Max(part => part.Until));

        private Interval Stay(Visit visit) => new(visit.ArrivedAt, Ends.GetValueOrDefault(visit.Id, visit.Until));

        /// <summary>Second by second, so that no minute counts twice.</summary>
        private static int Minutes(IEnumerable<Interval> parts)
        {
            var seconds = parts.SelectMany(part => Enumerable.Range(0, (int)(part.Until - part.From).TotalSeconds).Select(second => part.From.AddSeconds(second))).Distinct().Count();
            return (seconds + 59) / 60;
        }
    }
}
