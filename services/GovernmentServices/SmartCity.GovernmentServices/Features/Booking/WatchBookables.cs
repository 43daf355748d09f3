using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>
/// Does what is due at a bookable, in the replica that writes it: takes holds back that ran out, draws, opens waiting rooms. What is due stands in the
/// database, so that it is done also when the process that knew of it is gone; each step can be repeated.
/// </summary>
internal sealed partial class WatchBookables(
    BookingEngine engine, BookingPartitions partitions, NpgsqlDataSource database, IServiceScopeFactory scopes, PersonalData personalData, TimeProvider clock,
    ILogger<WatchBookables> logger) : BackgroundService
{
    /// <summary>As many as a writer takes in one batch.</summary>
    private const int DrawnAtOnce = 1000;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Real time, so that what is due by a simulated clock is done soon after it has moved.
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = clock.GetUtcNow();
                await engine.TidyAsync(now);
                foreach (var bookable in await DueAsync(now, stoppingToken)) await DoAsync(bookable, now, stoppingToken);
                await GiveBackAsync(stoppingToken);
            }
            // EF wraps what passes by itself in an InvalidOperationException.
            catch (Exception fault) when (fault is NpgsqlException or NotWritableException or InvalidOperationException { InnerException: NpgsqlException })
            {
                RoundFailed(fault.Message);
            }
        }
    }

    private async Task<Bookable[]> DueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var due = await scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>().Bookables.AsNoTracking()
            .Where(bookable => bookable.DueAt <= now).OrderBy(bookable => bookable.DueAt).Take(1000).ToListAsync(cancellationToken);
        return [.. due.Where(bookable => partitions.IsMine(bookable.Id))];
    }

    private Task DoAsync(Bookable bookable, DateTimeOffset now, CancellationToken cancellationToken) => bookable switch
    {
        { Mode: BookingMode.Lottery, DrawnAt: null } => DrawAsync(bookable, now, cancellationToken),
        { Mode: BookingMode.WaitingRoom, DrawnAt: null } => ShuffleAsync(bookable, now, cancellationToken),
        _ => SweepAsync(bookable.Id, cancellationToken),
    };

    private Task SweepAsync(Guid bookable, CancellationToken cancellationToken) => engine.OrderAsync(
        bookable, Guid.Empty,
        (ledger, now) =>
        {
            ledger.Sweep(now);
            return LedgerAnswer.Done;
        },
        cancellationToken);

    /// <summary>Bookings whose applications were withdrawn or refused; ending one again changes nothing.</summary>
    private async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var returned = await db.ReturnedBookings.Join(db.Bookings, returned => returned.BookingId, booking => booking.Id, (_, booking) => new { booking.Id, booking.BookableId, booking.AccountId })
            .OrderBy(booking => booking.Id).Take(1000).ToListAsync(cancellationToken);
        foreach (var booking in returned.Where(booking => partitions.IsMine(booking.BookableId)))
        {
            await engine.OrderAsync(
                booking.BookableId, booking.AccountId, (ledger, now) => ledger.End(booking.AccountId, booking.Id, BookingState.Cancelled, now), cancellationToken);
            await db.ReturnedBookings.Where(done => done.BookingId == booking.Id).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Closes the list, draws from it in its order until all is given, and puts as many again on the waiting list.</summary>
    private async Task DrawAsync(Bookable bookable, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (entries, digest) = await CloseEntriesAsync(bookable.Id, cancellationToken);
        var drawn = Draw.Order(Convert.FromHexString(personalData.Open(bookable.SealedSeed!, bookable.Id)), digest, entries.Keys);
        var (position, enough) = (0, false);
        foreach (var chunk in drawn.Chunk(DrawnAtOnce).TakeWhile(_ => !enough))
        {
            // One order, so that the whole chunk is decided upon in its order or not at all; its times keep that order on the waiting list.
            await engine.OrderAsync(
                bookable.Id, Guid.Empty,
                (ledger, time) =>
                {
                    ledger.Sweep(time);
                    for (var index = 0; index < chunk.Length; index++)
                    {
                        var (ask, at) = (entries[chunk[index]], bookable.DrawAt!.Value.AddMicroseconds(position + index));
                        if (ledger.Book(ask, at) == LedgerAnswer.Full && ledger.Waiting < bookable.Capacity) ledger.Wait(ask, at);
                    }

                    enough = ledger.Waiting >= bookable.Capacity;
                    return LedgerAnswer.Done;
                },
                cancellationToken);
            position += chunk.Length;
        }

        // What somebody's own limit set free is for the next.
        await SweepAsync(bookable.Id, cancellationToken);
        await MarkDrawnAsync(bookable.Id, now, cancellationToken);
        await engine.ReopenAsync(bookable.Id);
        Drew(bookable.Id, drawn.Length);
    }

    private async Task<(Dictionary<Guid, BookingAsk> Entries, byte[] Digest)> CloseEntriesAsync(Guid bookable, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var close = new NpgsqlCommand("SELECT FROM bookables WHERE id = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = bookable } } };
        await close.ExecuteNonQueryAsync(cancellationToken);
        var entries = new Dictionary<Guid, BookingAsk>();
        await using (var read = new NpgsqlCommand("SELECT number, account_id, actor_id, channel FROM lottery_entries WHERE bookable_id = $1", connection, transaction))
        {
            read.Parameters.Add(new() { Value = bookable });
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                entries[reader.GetGuid(0)] = new BookingAsk(
                    Guid.CreateVersion7(clock.GetUtcNow()), reader.GetGuid(1), reader.GetGuid(2), Enum.Parse<BookingChannel>(reader.GetString(3)), 1);
        }

        var digest = Draw.DigestOf(entries.Keys);
        await using var keep = new NpgsqlCommand("UPDATE bookables SET entries_digest = $2 WHERE id = $1 AND entries_digest IS NULL", connection, transaction)
        {
            Parameters = { new() { Value = bookable }, new() { Value = digest } },
        };
        await keep.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (entries, digest);
    }

    /// <summary>Those who came before the opening get their places, in drawn order.</summary>
    private async Task ShuffleAsync(Bookable bookable, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var shuffle = new NpgsqlCommand("""
            UPDATE queue_places SET place = drawn.place
            FROM (SELECT account_id, row_number() OVER (ORDER BY sha256($2 || uuid_send(account_id))) AS place FROM queue_places WHERE bookable_id = $1) AS drawn
            WHERE queue_places.bookable_id = $1 AND queue_places.account_id = drawn.account_id
                AND EXISTS (SELECT FROM bookables WHERE id = $1 AND drawn_at IS NULL FOR UPDATE)
            """, connection, transaction)
        {
            Parameters = { new() { Value = bookable.Id }, new() { Value = Convert.FromHexString(personalData.Open(bookable.SealedSeed!, bookable.Id)) } },
        };
        await shuffle.ExecuteNonQueryAsync(cancellationToken);
        await using var mark = new NpgsqlCommand(Drawn, connection, transaction)
        {
            Parameters = { new() { Value = bookable.Id }, new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz } },
        };
        await mark.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await engine.ReopenAsync(bookable.Id);
    }

    private const string Drawn = """
        UPDATE bookables SET drawn_at = $2, due_at = (SELECT min(held_until) FROM bookings WHERE bookable_id = $1 AND state = 'Held')
        WHERE id = $1 AND drawn_at IS NULL
        """;

    private async Task MarkDrawnAsync(Guid bookable, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var mark = database.CreateCommand(Drawn);
        mark.Parameters.Add(new() { Value = bookable });
        mark.Parameters.Add(new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await mark.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "What is due at bookables was not done and is tried again: {Reason}")]
    private partial void RoundFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Drew {Bookable} from {Entries} entries")]
    private partial void Drew(Guid bookable, int entries);
}
