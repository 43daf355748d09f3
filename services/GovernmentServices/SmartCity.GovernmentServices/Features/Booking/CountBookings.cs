using Npgsql;
using NpgsqlTypes;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.Messaging;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>
/// Tells how much of each service was booked and refused in each hour, per cell. Each replica notes what its writers refused; the one that holds the
/// first partition sums up and tells. A refusal that was noted by nobody before a crash is missing: it is a measure of need, not of anyone's right.
/// </summary>
internal sealed partial class CountBookings(
    BookingEngine engine, BookingPartitions partitions, NpgsqlDataSource database, TimeProvider clock, ILogger<CountBookings> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public async Task CountAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await NoteAsync(now, cancellationToken);
        if (partitions.Holds(0)) await TellAsync(now, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CountAsync(stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                RoundFailed(fault.Message);
            }
        }
    }

    private async Task NoteAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = (await engine.OpenWritersAsync()).Select(writer => (writer.Bookable.Id, Refused: writer.TakeRefused(), Written: writer.TakeWritten()))
            .Where(writer => writer.Refused > 0 || writer.Written).ToArray();
        if (active.Length == 0) return;
        await using var note = database.CreateCommand("""
            INSERT INTO booking_hours (bookable_id, hour, refused, untold)
            SELECT id, date_trunc('hour', $3 AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', refused, true FROM unnest($1, $2) AS n (id, refused)
            ON CONFLICT (bookable_id, hour) DO UPDATE SET refused = booking_hours.refused + excluded.refused, untold = true
            """);
        note.Parameters.Add(new() { Value = active.Select(writer => writer.Id).ToArray() });
        note.Parameters.Add(new() { Value = active.Select(writer => writer.Refused).ToArray() });
        note.Parameters.Add(new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await note.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task TellAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var events = new List<OutgoingEvent>();
        await using (var sum = new NpgsqlCommand("""
            WITH changed AS (
                UPDATE booking_hours SET untold = false FROM bookables WHERE untold AND id = bookable_id
                RETURNING service, cell, hour
            ), groups AS (SELECT DISTINCT service, cell, hour FROM changed)
            SELECT g.service, g.cell, g.hour,
                (SELECT coalesce(sum(k.quantity), 0)::int FROM bookings k JOIN bookables b ON b.id = k.bookable_id
                    WHERE b.service = g.service AND b.cell IS NOT DISTINCT FROM g.cell AND k.booked_at >= g.hour AND k.booked_at < g.hour + interval '1 hour'
                    AND k.state <> 'Waiting'),
                (SELECT coalesce(sum(h.refused), 0)::int FROM booking_hours h JOIN bookables b ON b.id = h.bookable_id
                    WHERE b.service = g.service AND b.cell IS NOT DISTINCT FROM g.cell AND h.hour = g.hour),
                (SELECT coalesce(sum(b.capacity - b.booked), 0)::int FROM bookables b
                    WHERE b.service = g.service AND b.cell IS NOT DISTINCT FROM g.cell AND b.ends_at > $1 AND b.opens_at <= $1)
            FROM groups g
            """, connection, transaction))
        {
            sum.Parameters.Add(new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await using var reader = await sum.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (item, cell) = (reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
                events.Add(new OutgoingEvent(
                    new BookingsCounted(item, cell, reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5), now), $"{item} {cell}"));
            }
        }

        await Outbox.AppendAsync(connection, transaction, events, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Bookings were not counted and are at the next round: {Reason}")]
    private partial void RoundFailed(string reason);
}
