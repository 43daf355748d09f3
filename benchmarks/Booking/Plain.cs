using Npgsql;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.Booking;

/// <summary>What everybody writes first, at its best: one statement, one round trip, prepared; the row of the hot item is locked until the commit.</summary>
internal static class Plain
{
    private const string Sql = """
        WITH taken AS (
            UPDATE plain_items SET booked = booked + 1 WHERE id = $1 AND booked < capacity RETURNING id
        )
        INSERT INTO plain_bookings (id, item_id, account_id, booked_at) SELECT $2, id, $3, $4 FROM taken ON CONFLICT DO NOTHING
        """;

    public static Task CreateTablesAsync(TestDatabase database) => database.ExecuteAsync("""
        CREATE TABLE IF NOT EXISTS plain_items (id uuid PRIMARY KEY, capacity int NOT NULL, booked int NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS plain_bookings (id uuid PRIMARY KEY, item_id uuid NOT NULL REFERENCES plain_items, account_id uuid NOT NULL, booked_at timestamptz NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS plain_once ON plain_bookings (item_id, account_id)
        """);

    public static async Task<Guid> OfferAsync(TestDatabase database)
    {
        var item = Guid.CreateVersion7();
        await database.ExecuteAsync($"INSERT INTO plain_items (id, capacity) VALUES ('{item}', 1000000)");
        return item;
    }

    public static async Task<bool> BookAsync(NpgsqlConnection connection, Guid item, Guid account)
    {
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new() { Value = item }, new() { Value = Guid.CreateVersion7() }, new() { Value = account }, new() { Value = TimeProvider.System.GetUtcNow() },
            },
        };
        await command.PrepareAsync();
        return await command.ExecuteNonQueryAsync() == 1;
    }

    /// <summary>What no writer that makes so many wait for one commit can surpass: the same for many at once, by one connection that does nothing else.</summary>
    public static async Task<bool> BookManyAsync(NpgsqlConnection connection, Guid item, int count)
    {
        await using var command = new NpgsqlCommand("""
            WITH taken AS (
                UPDATE plain_items SET booked = booked + $5 WHERE id = $1 AND booked + $5 <= capacity RETURNING id
            )
            INSERT INTO plain_bookings (id, item_id, account_id, booked_at)
            SELECT n.id, taken.id, n.account_id, $4 FROM taken, unnest($2, $3) AS n (id, account_id) ON CONFLICT DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = item }, new() { Value = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray() },
                new() { Value = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToArray() }, new() { Value = TimeProvider.System.GetUtcNow() },
                new() { Value = count },
            },
        };
        await command.PrepareAsync();
        return await command.ExecuteNonQueryAsync() == count;
    }
}
