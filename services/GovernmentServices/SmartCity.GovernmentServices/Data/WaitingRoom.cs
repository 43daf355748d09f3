using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace SmartCity.GovernmentServices.Data;

/// <summary>
/// Gives places in the queue of one bookable: one per person, for ever, so that neither refreshing nor leaving moves anybody. Whoever comes before the
/// shuffle gets theirs by it. A place in the database that another process gave is respected: the number is unique, and who lost it asks again.
/// </summary>
internal sealed class WaitingRoom
{
    private readonly NpgsqlDataSource database;
    private readonly Guid bookable;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<Guid, int> known = new();
    private readonly GroupCommit<Guid, int?> joins;

    public WaitingRoom(NpgsqlDataSource database, Guid bookable, TimeProvider clock)
    {
        (this.database, this.bookable, this.clock) = (database, bookable, clock);
        joins = new GroupCommit<Guid, int?>(JoinAsync);
    }

    public bool HasEnded => joins.Running.IsCompleted;

    /// <summary>The person's place, from 1; null until the shuffle for who came before it.</summary>
    public async Task<int?> PlaceOfAsync(Guid account)
    {
        if (known.TryGetValue(account, out var place)) return place;
        var given = await joins.AskAsync(account);
        if (given is { } number) known[account] = number;
        return given;
    }

    private async Task<int?[]> JoinAsync(Guid[] accounts)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        void Say(string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new() { Value = bookable }, new() { Value = accounts.Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = clock.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        });
        Say("""
            INSERT INTO queue_places (bookable_id, account_id, joined_at) SELECT $1, account, $3 FROM unnest($2) AS account
            ON CONFLICT (bookable_id, account_id) DO NOTHING
            """);
        Say("""
            UPDATE queue_places SET place = numbered.place
            FROM (
                SELECT account_id, (SELECT coalesce(max(place), 0) FROM queue_places WHERE bookable_id = $1) + row_number() OVER (ORDER BY position) AS place
                FROM queue_places JOIN unnest($2) WITH ORDINALITY AS asked (account, position) ON account = account_id
                WHERE bookable_id = $1 AND place IS NULL AND EXISTS (SELECT FROM bookables WHERE id = $1 AND drawn_at IS NOT NULL) AND $3 IS NOT NULL
            ) AS numbered
            WHERE queue_places.bookable_id = $1 AND queue_places.account_id = numbered.account_id
            """);
        Say("SELECT account_id, place FROM queue_places WHERE bookable_id = $1 AND account_id = ANY ($2) AND $3 IS NOT NULL");
        var places = new Dictionary<Guid, int?>();
        await using var reader = await batch.ExecuteReaderAsync();
        while (await reader.ReadAsync()) places[reader.GetGuid(0)] = reader.IsDBNull(1) ? null : reader.GetInt32(1);
        return [.. accounts.Select(account => places[account])];
    }
}
