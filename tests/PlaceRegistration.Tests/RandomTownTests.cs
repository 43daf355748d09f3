using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Tracing;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>Small towns made up from a seed, with rooms of a building, a vehicle, and air that lingers: tracing finds in them what a plain loop over all visits finds.</summary>
public sealed class RandomTownTests(CityServers servers)
{
    private const int ManyTowns = 1000;
    private const int BusyTowns = 8;

    [Fact]
    public async Task Tracing_agrees_with_a_brute_force_model_in_a_thousand_towns()
    {
        await using var database = await TestDatabase.CreateAsync<PlaceRegistrationDb>(servers);
        var policies = TracePolicyBook.Read(Town.TracePolicy("open").Value!);
        var policy = policies.Of("open");
        var towns = Enumerable.Range(1, ManyTowns).Select(seed => RandomTown.Make(seed, days: 0.3, people: 6, visits: 22)).ToArray();
        await InsertAsync(database, towns);
        await using var connection = await database.Source.OpenConnectionAsync();

        // All cases of all towns in one pass.
        var (_, _, findings) = await new CaseTracing(policies, Options.Create(new VisitLimits()))
            .FindAsync(connection, null, [.. towns.SelectMany(town => town.Sources)], policy, default);

        var found = findings.Select(Expected.Of).ToLookup(one => one.SourceId);
        foreach (var town in towns)
        {
            town.Sources.SelectMany(source => found[source.Id]).ShouldBe(town.Model(policy).Find(town.Sources), ignoreOrder: true, $"seed {town.Seed}");
        }

        // The towns hold every kind of case, or agreement would say little.
        var parts = findings.SelectMany(finding => finding.Reckoning.Parts).ToArray();
        foreach (var zone in Enum.GetValues<ZoneRelation>()) parts.Count(part => part.Zone == zone && part.Lingering).ShouldBeGreaterThan(100, $"{zone}, lingering");
        findings.Count(finding => finding.Place.Type == PlaceType.Transport).ShouldBeGreaterThan(100);
        Enum.GetValues<ExposureSeverity>().Skip(1).ShouldAllBe(severity => findings.Count(finding => finding.Severity == severity) > 100);
    }

    [Fact]
    public async Task Tracing_agrees_with_the_model_whatever_happens_at_the_same_time()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("open"));
        var log = town.App.Services.GetRequiredService<VisitLog>();
        var policy = town.App.Services.GetRequiredService<TracePolicyBook>().Of("open");
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        for (var seed = 1; seed <= BusyTowns; seed++)
        {
            var random = new Random(seed);
            var made = RandomTown.Make(seed, days: 3, people: 8, visits: 60);
            await InsertAsync(town.Database, [made], withVisits: false);
            // Some are open at first, and end as the model says.
            var open = made.Visits.Where(_ => random.Next(3) == 0).Select(visit => visit.Id).ToHashSet();
            var confirmed = made.Sources.Select(source => new CaseConfirmed(source.Id, source.CitizenId, null, source.From, source.From, source.Until, Town.Noon)).ToArray();
            CaseConfirmed[] withdrawn = random.Next(2) == 0 ? [confirmed[0]] : [];

            await Task.WhenAll(
                made.Visits.Chunk(random.Next(1, 5)).Select(async chunk =>
                {
                    Visit[] visits = [.. chunk.Select(visit => ToVisit(visit, open.Contains(visit.Id)))];
                    await log.RecordAsync([.. visits.Select(visit => new NewVisit(Guid.CreateVersion7(), "3123N12147E", visit))], default);
                    foreach (var visit in visits.Where(visit => visit.IsOpen)) await log.LeaveAsync(visit, made.Visits.Single(one => one.Id == visit.Id).Until, null, Town.Noon, default);
                })
                .Concat(confirmed.Select(one => town.PublishAsync(one)))
                .Concat(withdrawn.Select(town.WithdrawAsync)));

            var sources = made.Sources.Where(source => withdrawn.All(gone => gone.CaseId != source.Id)).ToArray();
            (await ExposuresAsync(town.Database, made)).ShouldBe(made.Model(policy).Find(sources), ignoreOrder: true, $"seed {seed}");
            foreach (var source in sources.Take(2))
            {
                var onward = await town.GetAsync<Page<SecondaryContact>>(officer, $"traces/{source.Id}/onward/contacts?limit=100");
                onward.Items.Select(contact => contact.CitizenId).ShouldBe(made.Model(policy).Onward(source, Town.Noon), ignoreOrder: true, $"seed {seed}, onward");
            }
        }
    }

    private static Visit ToVisit(TownVisit visit, bool isOpen) => new()
    {
        Id = visit.Id, CitizenId = visit.CitizenId, PlaceId = visit.PlaceId, ArrivedAt = visit.From, Until = isOpen ? visit.From.AddHours(11) : visit.Until, IsOpen = isOpen, IsLate = true,
    };

    private static async Task InsertAsync(TestDatabase database, IReadOnlyList<RandomTown> towns, bool withVisits = true)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using (var places = await connection.BeginBinaryImportAsync(
            "COPY places (id, owner_id, registration_key, code, registered_at, name, type, address, capacity, latitude, longitude, cell, ventilation, parent_id, ancestors) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var place in towns.SelectMany(town => town.Places))
            {
                await places.StartRowAsync();
                await places.WriteAsync(place.Id);
                await places.WriteAsync(Guid.NewGuid());
                await places.WriteAsync(Guid.NewGuid());
                await places.WriteAsync(PlaceCode.New().Value);
                await places.WriteAsync(Town.Noon);
                await places.WriteAsync("A place");
                await places.WriteAsync(place.Type.ToString());
                await places.WriteAsync("1 Long Street");
                await places.WriteAsync(50);
                await places.WriteAsync(31.234);
                await places.WriteAsync(121.478);
                await places.WriteAsync("3123N12147E");
                await places.WriteAsync(place.Ventilation.ToString());
                if (place.Ancestors is [var parent, ..]) await places.WriteAsync(parent);
                else await places.WriteNullAsync();
                await places.WriteAsync(place.Ancestors);
            }

            await places.CompleteAsync();
        }

        if (!withVisits) return;
        await using var visits = await connection.BeginBinaryImportAsync("COPY visits (id, citizen_id, place_id, arrived_at, until, is_open, is_late) FROM STDIN (FORMAT BINARY)");
        foreach (var visit in towns.SelectMany(town => town.Visits))
        {
            await visits.WriteRowAsync(default, visit.Id, visit.CitizenId, visit.PlaceId, visit.From, visit.Until, false, true);
        }

        await visits.CompleteAsync();
    }

    private static async Task<List<Expected>> ExposuresAsync(TestDatabase database, RandomTown town)
    {
        await using var command = database.Source.CreateCommand(
            "SELECT case_id, citizen_id, place_id, minutes, weighted_minutes, from_at, until, severity FROM exposures WHERE NOT withdrawn AND case_id = ANY ($1)");
        command.Parameters.Add(Sql.Array(town.Sources.Select(source => source.Id)));
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<Expected>();
        while (await reader.ReadAsync())
        {
            found.Add(new Expected(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetInt32(3), reader.GetDouble(4), reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetFieldValue<DateTimeOffset>(6), Enum.Parse<ExposureSeverity>(reader.GetString(7))));
        }

        return found;
    }

    /// <summary>A building with two rooms, a place of its own, and a bus that stops every five minutes.</summary>
    private sealed record RandomTown(int Seed, TownPlace[] Places, TownVisit[] Visits, Source[] Sources)
    {
        private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

        public TraceModel Model(TracePolicy policy) => new(policy, Places, Visits, Step);

        public static RandomTown Make(int seed, double days, int people, int visits)
        {
            var random = new Random(seed);
            T Pick<T>(IReadOnlyList<T> some) => some[random.Next(some.Count)];
            DateTimeOffset Some(double share) => Town.Noon.AddDays(-days).AddMinutes(random.Next((int)(days * share * 1440)));

            var air = Enum.GetValues<Ventilation>();
            var building = new TownPlace(Guid.CreateVersion7(), Pick([PlaceType.Office, PlaceType.Restaurant]), Pick(air));
            var hall = new TownPlace(Guid.CreateVersion7(), PlaceType.Restaurant, Pick(air), building.Id);
            var bus = new TownPlace(Guid.CreateVersion7(), PlaceType.Transport, Pick(air));
            TownPlace[] places =
            [
                building, bus, hall, new TownPlace(Guid.CreateVersion7(), PlaceType.School, Pick(air), building.Id),
                new TownPlace(Guid.CreateVersion7(), PlaceType.Event, Pick(air), hall.Id, building.Id), new TownPlace(Guid.CreateVersion7(), PlaceType.Shop, Pick(air)),
            ];
            Guid[] persons = [.. Enumerable.Range(0, people).Select(_ => Guid.CreateVersion7())];
            return new RandomTown(
                seed, places,
                [
                    .. Enumerable.Range(0, visits).Select(_ =>
                    {
                        var (place, from) = (Pick(places), Some(1));
                        // Now and then a stay is long: those are looked up by another index.
                        var minutes = random.Next(5) == 0 ? random.Next(1, (int)(Math.Min(days, 0.6) * 1440)) : random.Next(1, 90);
                        if (place == bus)
                        {
                            // From the stop where they got on to the one where they got off.
                            from = from.AddMinutes(-(from.Minute % 5));
                            minutes = 5 * random.Next(1, 9);
                        }

                        return new TownVisit(VisitId.New(from).Value, Pick(persons), place.Id, from, from.AddMinutes(minutes));
                    }),
                ],
                [
                    .. persons.Take(people / 2).Select(person =>
                    {
                        var from = Some(0.6);
                        return new Source(Guid.CreateVersion7(), person, from, from.AddMinutes(random.Next(1, (int)(days * 1000))));
                    }),
                ]);
        }
    }
}
