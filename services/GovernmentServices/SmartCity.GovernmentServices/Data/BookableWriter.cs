using Npgsql;
using NpgsqlTypes;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Data;

/// <summary>What came of an order to a bookable's writer, once it is committed.</summary>
/// <param name="Answer">What the ledger answered.</param>
/// <param name="Booking">The person's booking as it then stood; null where they have none.</param>
internal sealed record Outcome(LedgerAnswer Answer, OpenBooking? Booking);

/// <summary>
/// The only writer of one bookable. Who asks is decided upon in memory; all who asked while the last transaction was under way are committed by the
/// next one: one UPDATE, one INSERT of many rows, one round trip, one fsync; a second one where somebody has a booking of the service already. Nobody is told before. If another process took over, the fence of
/// the row has grown: then nothing is written, and this writer is over.
/// </summary>
internal sealed class BookableWriter
{
    private readonly NpgsqlDataSource database;
    private readonly Ledger ledger;
    private readonly long fence;
    private readonly int limit;
    private readonly TimeProvider clock;
    private readonly GroupCommit<Order, Outcome> orders;
    private int refused;
    private int written;

    private BookableWriter(NpgsqlDataSource database, Bookable bookable, Ledger ledger, long fence, int limit, TimeProvider clock)
    {
        (this.database, Bookable, this.ledger, this.fence, this.limit, this.clock) = (database, bookable, ledger, fence, limit, clock);
        orders = new GroupCommit<Order, Outcome>(CarryOutAsync);
    }

    public Bookable Bookable { get; }

    /// <summary>It writes no more; the next one must be opened.</summary>
    public bool HasEnded => orders.Running.IsCompleted;

    /// <summary>How many were refused for want of places since this was last asked.</summary>
    public int TakeRefused() => Interlocked.Exchange(ref refused, 0);

    /// <summary>Whether something was written since this was last asked.</summary>
    public bool TakeWritten() => Interlocked.Exchange(ref written, 0) == 1;

    /// <summary>Takes the bookable over from whoever wrote it, and reads what is open of it.</summary>
    public static async Task<BookableWriter?> OpenAsync(
        NpgsqlDataSource database, Bookable bookable, Guid replica, int limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The row's lock waits for what its last writer still has under way; after it, that writer can commit nothing more.
        await using var claim = new NpgsqlCommand("""
            UPDATE bookables SET fence = fence + 1
            WHERE id = $1 AND EXISTS (SELECT FROM booking_partition WHERE number = $2 AND replica_id = $3)
            RETURNING fence
            """, connection, transaction)
        {
            Parameters = { new() { Value = bookable.Id }, new() { Value = BookingPartitions.Of(bookable.Id) }, new() { Value = replica } },
        };
        if (await claim.ExecuteScalarAsync(cancellationToken) is not long fence) return null;

        await using var read = new NpgsqlCommand("""
            SELECT id, account_id, actor_id, channel, quantity, state, booked_at, held_until FROM bookings WHERE bookable_id = $1 AND ended_at IS NULL
            """, connection, transaction)
        {
            Parameters = { new() { Value = bookable.Id } },
        };
        var open = new List<OpenBooking>();
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                open.Add(new OpenBooking(
                    reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), Enum.Parse<BookingChannel>(reader.GetString(3)), reader.GetInt32(4),
                    Enum.Parse<BookingState>(reader.GetString(5)), reader.GetFieldValue<DateTimeOffset>(6),
                    reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        }

        await transaction.CommitAsync(cancellationToken);
        return new BookableWriter(database, bookable, new Ledger(bookable, open), fence, limit, clock);
    }

    /// <summary>Orders something of the ledger for a person; answers when it is committed.</summary>
    /// <exception cref="NotWritableException">Try again.</exception>
    public Task<Outcome> OrderAsync(Guid account, Func<Ledger, DateTimeOffset, LedgerAnswer> decide) => orders.AskAsync(new Order(account, decide));

    /// <inheritdoc cref="GroupCommit{TOrder,TAnswer}.Close"/>
    public void Close() => orders.Close();

    private async Task<Outcome[]> CarryOutAsync(Order[] batch)
    {
        var now = clock.GetUtcNow();
        for (var open = batch; open.Length > 0;)
        {
            foreach (var order in open) order.Answer = order.Decide(ledger, now);
            var refusals = ledger.Added.Count + ledger.Changed.Count > 0 ? await WriteAsync(now) : Refusals.None;
            foreach (var order in open.Where(order => refusals.AtLimit.Contains(order.Account))) order.Answer = LedgerAnswer.LimitReached;
            // Places that somebody's limit set free are for those who heard "full"; who lost a race for the last of their limit is decided upon again.
            open = refusals.Accounts.Count == 0
                ? []
                : [.. open.Where(order => order.Answer == LedgerAnswer.Full || (order.Answer == LedgerAnswer.Done && refusals.Accounts.Contains(order.Account)))];
        }

        Interlocked.Add(ref refused, batch.Count(order => order.Answer == LedgerAnswer.Full));
        return [.. batch.Select(order => new Outcome(order.Answer, ledger.Of(order.Account)))];
    }

    private async Task<Refusals> WriteAsync(DateTimeOffset now)
    {
        var (added, changed) = (ledger.Added.ToArray(), ledger.Changed.ToArray());
        await using var connection = await database.OpenConnectionAsync();
        // Most batches are new bookings of people who have no other: they need not be compared with what is there.
        var (missing, atLimit) = changed.Length == 0 ? (await InsertAsync(connection, added), []) : (added, Array.Empty<Guid>());
        if (changed.Length + missing.Length > 0) (missing, atLimit) = await ReplaceAsync(connection, missing, changed, now);
        var refusals = missing.Length == 0
            ? Refusals.None
            : new Refusals([.. missing.Select(booking => booking.Id)], [.. missing.Select(booking => booking.AccountId)], [.. atLimit]);
        ledger.Written(refusals.Bookings);
        Interlocked.Exchange(ref written, 1);
        return refusals;
    }

    /// <summary>Writes new bookings of people who have none of this service yet.</summary>
    /// <returns>Those not written, because the person has one.</returns>
    private async Task<OpenBooking[]> InsertAsync(NpgsqlConnection connection, OpenBooking[] added)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection);
        SayWhatIsNew(command, added);
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        return await ReadMissingAsync(reader, added);
    }

    /// <summary>Writes new bookings of anybody, and what became of old ones.</summary>
    /// <returns>The new ones that are not written, and who is at the limit.</returns>
    private async Task<(OpenBooking[] Missing, Guid[] AtLimit)> ReplaceAsync(
        NpgsqlConnection connection, OpenBooking[] added, OpenBooking[] changed, DateTimeOffset now)
    {
        await using var command = new NpgsqlCommand(ReplaceSql, connection);
        SayWhatIsNew(command, added);
        Say(command, limit, NpgsqlDbType.Integer);
        Say(command, now, NpgsqlDbType.TimestampTz);
        Each(command, changed, NpgsqlDbType.Uuid, booking => booking.Id);
        Each(command, changed, NpgsqlDbType.Text, booking => booking.State.ToString());
        Each(command, changed, NpgsqlDbType.TimestampTz, booking => booking.HeldUntil);
        Each(command, changed, NpgsqlDbType.TimestampTz, booking => booking.EndedAt);
        Each(command, changed, NpgsqlDbType.Integer, booking => booking.Quantity);
        Each(command, changed, NpgsqlDbType.Text, booking => booking.Channel.ToString());
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var missing = await ReadMissingAsync(reader, added);
        return (missing, reader.GetFieldValue<Guid[]>(2));
    }

    /// <summary>The parameters $1 to $15 of both statements.</summary>
    private void SayWhatIsNew(NpgsqlCommand command, OpenBooking[] added)
    {
        Say(command, Bookable.Id, NpgsqlDbType.Uuid);
        Say(command, fence, NpgsqlDbType.Bigint);
        Say(command, ledger.Taken - added.Where(booking => booking.Takes).Sum(booking => booking.Quantity), NpgsqlDbType.Integer);
        Say(command, ledger.NextExpiry, NpgsqlDbType.TimestampTz);
        Say(command, Bookable.Service, NpgsqlDbType.Text);
        Say(command, Bookable.EndsAt, NpgsqlDbType.TimestampTz);
        Each(command, added, NpgsqlDbType.Uuid, booking => booking.Id);
        Each(command, added, NpgsqlDbType.Uuid, booking => booking.AccountId);
        Each(command, added, NpgsqlDbType.Uuid, booking => booking.ActorId);
        Each(command, added, NpgsqlDbType.Text, booking => booking.Channel.ToString());
        Each(command, added, NpgsqlDbType.Integer, booking => booking.Quantity);
        Each(command, added, NpgsqlDbType.Text, booking => booking.State.ToString());
        Each(command, added, NpgsqlDbType.TimestampTz, booking => booking.HeldUntil);
        Each(command, added, NpgsqlDbType.TimestampTz, booking => booking.BookedAt);
        Each(command, added, NpgsqlDbType.TimestampTz, booking => booking.EndedAt);
    }

    private static void Say(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });

    private static void Each<T>(NpgsqlCommand command, OpenBooking[] bookings, NpgsqlDbType type, Func<OpenBooking, T> value) =>
        Say(command, bookings.Select(value).ToArray(), NpgsqlDbType.Array | type);

    private static async Task<OpenBooking[]> ReadMissingAsync(NpgsqlDataReader reader, OpenBooking[] added)
    {
        await reader.ReadAsync();
        if (reader.GetInt64(0) == 0) throw new NotWritableException("Another process writes this bookable.");
        var made = reader.GetFieldValue<Guid[]>(1);
        return made.Length == added.Length ? [] : [.. added.ExceptBy(made, booking => booking.Id)];
    }

    private sealed record Refusals(Guid[] Bookings, HashSet<Guid> Accounts, HashSet<Guid> AtLimit)
    {
        public static readonly Refusals None = new([], [], []);
    }

    private sealed record Order(Guid Account, Func<Ledger, DateTimeOffset, LedgerAnswer> Decide)
    {
        public LedgerAnswer Answer { get; set; }
    }

    private const string Fenced = "fenced AS (SELECT id FROM bookables WHERE id = $1 AND fence = $2 FOR NO KEY UPDATE)";

    private const string New = """
        unnest($7, $8, $9, $10, $11, $12, $13, $14, $15) AS n (id, account_id, actor_id, channel, quantity, state, held_until, booked_at, ended_at)
        """;

    private const string Insert = """
        INSERT INTO bookings (id, bookable_id, account_id, actor_id, service, ends_at, channel, quantity, state, held_until, booked_at, ended_at, ordinal)
        SELECT n.id, fenced.id, n.account_id, n.actor_id, $5, $6, n.channel, n.quantity, n.state, n.held_until, n.booked_at, n.ended_at
        """;

    /// <summary>Writers that wait for each other's numbers do so in one order.</summary>
    private const string UnlessTaken = "ORDER BY n.account_id ON CONFLICT DO NOTHING RETURNING id, quantity, state";

    private const string Counted = """
        counted AS (
            UPDATE bookables SET due_at = CASE WHEN mode = 'FirstCome' OR drawn_at IS NOT NULL THEN $4 ELSE due_at END,
                booked = $3 + coalesce((SELECT sum(quantity) FROM made WHERE state IN ('Held', 'Booked')), 0)
            FROM fenced WHERE bookables.id = fenced.id
            RETURNING 1
        )
        """;

    /// <summary>A person's first booking of a service has the number 1; who has that already is left to <see cref="ReplaceSql" />.</summary>
    private const string InsertSql = $"""
        WITH {Fenced}, made AS (
            {Insert}, CASE WHEN n.ended_at IS NULL THEN 1 END
            FROM {New}, fenced
            {UnlessTaken}
        ), {Counted}
        SELECT (SELECT count(*) FROM counted), array(SELECT id FROM made)
        """;

    /// <summary>
    /// The person's limit over all bookables of a service is kept by a number per open booking, unique per person and service: of two writers that both
    /// give the last one, the second finds it taken. The counts of the parts that come later force those before them to be carried out first.
    /// </summary>
    private const string ReplaceSql = $"""
        WITH {Fenced}, changed AS (
            UPDATE bookings SET state = c.state, held_until = c.held_until, ended_at = c.ended_at, quantity = c.quantity, channel = c.channel,
                ordinal = CASE WHEN c.ended_at IS NULL THEN ordinal END
            FROM unnest($18, $19, $20, $21, $22, $23) AS c (id, state, held_until, ended_at, quantity, channel), fenced
            WHERE bookings.id = c.id
            RETURNING 1
        ), retired AS (
            UPDATE bookings SET ordinal = NULL FROM fenced
            WHERE account_id = ANY ($8) AND service = $5 AND ordinal IS NOT NULL AND ends_at <= $17
            RETURNING 1
        ), held AS (
            SELECT account_id, array_agg(ordinal) AS ordinals FROM bookings
            WHERE account_id = ANY ($8) AND service = $5 AND ordinal IS NOT NULL AND ends_at > $17 AND NOT id = ANY ($18)
            GROUP BY account_id
        ), made AS (
            {Insert}, CASE WHEN n.ended_at IS NULL THEN o.ordinal END
            FROM {New}
            CROSS JOIN fenced
            LEFT JOIN held ON held.account_id = n.account_id
            CROSS JOIN LATERAL (
                SELECT min(free) AS ordinal FROM generate_series(1, $16) AS free WHERE held.ordinals IS NULL OR NOT free = ANY (held.ordinals)
            ) AS o
            WHERE o.ordinal IS NOT NULL AND (SELECT count(*) FROM changed) >= 0 AND (SELECT count(*) FROM retired) >= 0
            {UnlessTaken}
        ), {Counted}
        SELECT (SELECT count(*) FROM counted), array(SELECT id FROM made), array(SELECT account_id FROM held WHERE cardinality(ordinals) >= $16)
        """;
}
