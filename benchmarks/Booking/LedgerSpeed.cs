using Npgsql;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.Booking;

/// <summary>
/// Durable bookings a second of one hot item: the writer with group commit against the best plain statement, in turns, and what PostgreSQL itself does with
/// a batch of as many rows as there are clients.
/// </summary>
internal static class LedgerSpeed
{
    private static readonly int[] ClientCounts = [1, 8, 32, 64, 128, 256];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(1.5);

    public static async Task RunAsync(TestDatabase database)
    {
        await Plain.CreateTablesAsync(database);
        Console.WriteLine($"fsync {await database.ScalarAsync<string>("SHOW fsync")}, synchronous_commit {await database.ScalarAsync<string>("SHOW synchronous_commit")}");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 280 });
        var replica = Guid.NewGuid();
        await database.ExecuteAsync($"UPDATE booking_partition SET replica_id = '{replica}'");
        var rates = ClientCounts.ToDictionary(clients => clients, _ => (Plain: new List<double>(), Ours: new List<double>(), Bound: new List<double>()));
        // The first round is for warming up.
        for (var round = 0; round <= Measure.Rounds; round++)
            foreach (var clients in ClientCounts)
            {
                var (plain, ours) = (await PlainAsync(database, source, clients), await OursAsync(database, source, replica, clients));
                if (round == 0) continue;
                rates[clients].Plain.Add(plain);
                rates[clients].Ours.Add(ours);
                rates[clients].Bound.Add(await BoundAsync(database, source, clients));
            }

        var medians = rates.ToDictionary(rate => rate.Key, rate => (Plain: Measure.Median(rate.Value.Plain), Ours: Measure.Median(rate.Value.Ours), Bound: Measure.Median(rate.Value.Bound)));
        foreach (var (clients, (plain, ours, bound)) in medians)
            Console.WriteLine($"  {clients,3} clients: plain {plain,7:F0}/s, group commit {ours,7:F0}/s, {ours / plain:F1}x; PostgreSQL's bare batch of {clients,3} {bound,7:F0}/s, {bound / plain:F1}x");
        var (best, bestOurs) = (medians.Values.Max(rate => rate.Plain), medians.Values.Max(rate => rate.Ours));
        Measure.Print("One hot item, best of all client counts", bestOurs / best, 5, $"{bestOurs:F0}/s against {best:F0}/s");
        Measure.Print("One hot item, 32 clients", medians[32].Ours / medians[32].Plain, 25, $"{medians[32].Ours:F0}/s against {medians[32].Plain:F0}/s");
    }

    private static async Task<double> PlainAsync(TestDatabase database, NpgsqlDataSource source, int clients)
    {
        var item = await Plain.OfferAsync(database);
        var connections = new System.Collections.Concurrent.ConcurrentBag<NpgsqlConnection>();
        for (var n = 0; n < clients; n++) connections.Add(await source.OpenConnectionAsync());
        try
        {
            return await Measure.RateAsync(clients, Time, async _ =>
            {
                connections.TryTake(out var connection);
                var booked = await Plain.BookAsync(connection!, item, Guid.NewGuid());
                connections.Add(connection!);
                return booked;
            });
        }
        finally
        {
            foreach (var connection in connections) await connection.DisposeAsync();
        }
    }

    private static async Task<double> BoundAsync(TestDatabase database, NpgsqlDataSource source, int clients)
    {
        var item = await Plain.OfferAsync(database);
        await using var connection = await source.OpenConnectionAsync();
        return clients * await Measure.RateAsync(1, Time, _ => Plain.BookManyAsync(connection, item, clients));
    }

    private static async Task<double> OursAsync(TestDatabase database, NpgsqlDataSource source, Guid replica, int clients)
    {
        var bookable = await OfferAsync(database);
        var writer = await BookableWriter.OpenAsync(source, bookable, replica, limit: 1, TimeProvider.System, CancellationToken.None);
        return await Measure.RateAsync(clients, Time, async _ =>
        {
            var ask = new BookingAsk(Guid.CreateVersion7(), Guid.NewGuid(), Guid.NewGuid(), BookingChannel.Online, 1);
            return (await writer!.OrderAsync(ask.AccountId, (ledger, now) => ledger.Book(ask, now))).Answer == LedgerAnswer.Done;
        });
    }

    public static async Task<Bookable> OfferAsync(TestDatabase database)
    {
        var now = TimeProvider.System.GetUtcNow();
        var bookable = new Bookable
        {
            Id = Guid.CreateVersion7(), Kind = BookableKind.Stock, Mode = BookingMode.FirstCome, Department = "health-commission", Service = "masks",
            Place = "Gate 2", StartsAt = now.AddDays(1), EndsAt = now.AddDays(2), OpensAt = now.AddDays(-1), Capacity = 1_000_000, PerPerson = 1, Quotas = [],
            OfficerId = Guid.NewGuid(), OfferKey = Guid.NewGuid(), RequestHash = [],
        };
        await using var insert = database.Source.CreateCommand("""
            INSERT INTO bookables (id, kind, mode, department, service, place, starts_at, ends_at, opens_at, capacity, per_person, quotas, admit_per_second,
                booked, fence, officer_id, offer_key, request_hash)
            VALUES ($1, 'Stock', 'FirstCome', 'health-commission', 'masks', 'Gate 2', $2, $3, $4, 1000000, 1, '{}', 0, 0, 0, $5, $6, '')
            """);
        foreach (var value in new object[] { bookable.Id, bookable.StartsAt, bookable.EndsAt, bookable.OpensAt, bookable.OfficerId, bookable.OfferKey })
            insert.Parameters.Add(new() { Value = value });
        await insert.ExecuteNonQueryAsync();
        return bookable;
    }
}
