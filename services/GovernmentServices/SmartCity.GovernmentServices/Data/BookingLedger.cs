using Npgsql;

namespace SmartCity.GovernmentServices.Data;

/// <summary>
/// The only writer of bookings. A place is taken and its booking written by one statement, so that neither is without the other; the row of the slot
/// is locked from there to the commit only.
/// </summary>
internal sealed class BookingLedger(NpgsqlDataSource database)
{
    /// <summary>One person's bookings of one service happen one after the other: otherwise two at once would both count the same open ones.</summary>
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))";

    /// <summary>Takes a place for the person unless they have one, hold as many open bookings of the service as they may, or none is left.</summary>
    public async Task<BookingOutcome> BookAsync(
        Guid bookingId, Guid slotId, string service, Guid accountId, Guid actorId, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // A batch is one round trip and one transaction; its second statement sees what was committed before the lock was given.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(OneAtATime) { Parameters = { new() { Value = accountId.ToString() }, new() { Value = service } } },
                new NpgsqlBatchCommand("""
                    WITH mine AS (
                        SELECT id, booked_at FROM bookings WHERE slot_id = $2 AND account_id = $4 AND cancelled_at IS NULL
                    ), held AS (
                        SELECT count(*) AS bookings FROM bookings JOIN slots ON slots.id = slot_id
                        WHERE account_id = $4 AND cancelled_at IS NULL AND service = $3 AND ends_at > $7
                    ), taken AS (
                        UPDATE slots SET booked = booked + 1
                        WHERE id = $2 AND booked < capacity AND (SELECT bookings FROM held) < $6 AND NOT EXISTS (SELECT FROM mine)
                        RETURNING id
                    ), made AS (
                        INSERT INTO bookings (id, slot_id, account_id, actor_id, booked_at) SELECT $1, id, $4, $5, $7 FROM taken
                        RETURNING id, booked_at
                    )
                    SELECT bookings, m.id, m.booked_at FROM held LEFT JOIN (SELECT * FROM made UNION ALL SELECT * FROM mine) AS m ON true
                    """)
                {
                    Parameters =
                    {
                        new() { Value = bookingId }, new() { Value = slotId }, new() { Value = service }, new() { Value = accountId },
                        new() { Value = actorId }, new() { Value = (long)limit }, new() { Value = now },
                    },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.IsDBNull(1)) return new BookingOutcome.Booked(reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2));
        return reader.GetInt64(0) >= limit ? new BookingOutcome.LimitReached() : new BookingOutcome.Full();
    }

    /// <summary>Gives the place back, once.</summary>
    public async Task CancelAsync(Guid bookingId, Guid accountId, string service, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // The same order of locks as for booking: the two never wait for each other in a circle.
                new NpgsqlBatchCommand(OneAtATime) { Parameters = { new() { Value = accountId.ToString() }, new() { Value = service } } },
                new NpgsqlBatchCommand("""
                    WITH freed AS (
                        UPDATE bookings SET cancelled_at = $3 WHERE id = $1 AND account_id = $2 AND cancelled_at IS NULL RETURNING slot_id
                    )
                    UPDATE slots SET booked = booked - 1 FROM freed WHERE slots.id = slot_id
                    """)
                {
                    Parameters = { new() { Value = bookingId }, new() { Value = accountId }, new() { Value = now } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>What came of trying to book.</summary>
internal abstract record BookingOutcome
{
    /// <summary>The person has the place, from now or from before.</summary>
    public sealed record Booked(Guid BookingId, DateTimeOffset BookedAt) : BookingOutcome;

    /// <summary>The person holds as many open bookings of the service as they may.</summary>
    public sealed record LimitReached : BookingOutcome;

    /// <summary>No place is left.</summary>
    public sealed record Full : BookingOutcome;
}
