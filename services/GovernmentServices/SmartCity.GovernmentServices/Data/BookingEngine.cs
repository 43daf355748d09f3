using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Data;

/// <summary>The writers and waiting rooms of the bookables that this replica holds; each is opened when it is first asked for.</summary>
internal sealed class BookingEngine(
    NpgsqlDataSource database, IServiceScopeFactory scopes, BookingPartitions partitions, CityDirectory directory, TimeProvider clock)
{
    /// <summary>Long enough for a database that restarts; who waited longer asks again themselves.</summary>
    private const int Tries = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, Lazy<Task<BookableWriter?>>> writers = new();
    private readonly ConcurrentDictionary<Guid, WaitingRoom> rooms = new();

    /// <summary>Every writer that is open now.</summary>
    public async Task<IReadOnlyList<BookableWriter>> OpenWritersAsync()
    {
        var open = new List<BookableWriter>();
        foreach (var opening in writers.Values.Where(writer => writer is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            if (await opening.Value is { HasEnded: false } writer) open.Add(writer);
        return open;
    }

    /// <summary>The bookable as it was offered, from memory where it is open; null where there is none.</summary>
    public async Task<Bookable?> FindAsync(Guid bookable, CancellationToken cancellationToken) => (await WriterAsync(bookable, cancellationToken))?.Bookable;

    /// <summary>Orders something of the bookable's ledger. It is safe to repeat, so a fault of the database on the way is repeated here.</summary>
    /// <exception cref="NotWritableException">Try again, perhaps elsewhere.</exception>
    public async Task<Outcome> OrderAsync(Guid bookable, Guid account, Func<Ledger, DateTimeOffset, LedgerAnswer> decide, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriterAsync(bookable, cancellationToken) is { } writer
                    ? await writer.OrderAsync(account, decide)
                    : new Outcome(LedgerAnswer.Unknown, null);
            }
            catch (Exception fault) when (fault is NotWritableException or NpgsqlException && attempt < Tries && partitions.IsMine(bookable))
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>The bookable's waiting room.</summary>
    public WaitingRoom RoomOf(Guid bookable) =>
        rooms.AddOrUpdate(bookable, id => new WaitingRoom(database, id, clock), (id, room) => room.HasEnded ? new WaitingRoom(database, id, clock) : room);

    /// <summary>Lets go of what others hold now and of what is over.</summary>
    public async Task TidyAsync(DateTimeOffset now)
    {
        foreach (var (id, opening) in writers)
        {
            if (!opening.IsValueCreated || !opening.Value.IsCompleted) continue;
            var writer = opening.Value.IsCompletedSuccessfully ? await opening.Value : null;
            if (writer is not null && !writer.HasEnded && partitions.IsMine(id) && writer.Bookable.EndsAt > now) continue;
            Forget(id, opening);
            writer?.Close();
        }

        foreach (var (id, room) in rooms)
            if (room.HasEnded || !partitions.IsMine(id)) rooms.TryRemove(KeyValuePair.Create(id, room));
    }

    /// <summary>What was offered has changed: whoever asks next reads it anew.</summary>
    public async Task ReopenAsync(Guid bookable)
    {
        if (!writers.TryRemove(bookable, out var opening)) return;
        (await opening.Value)?.Close();
    }

    private async Task<BookableWriter?> WriterAsync(Guid bookable, CancellationToken cancellationToken)
    {
        while (true)
        {
            var opening = writers.GetOrAdd(bookable, id => new(() => OpenAsync(id)));
            try
            {
                var writer = await opening.Value.WaitAsync(cancellationToken);
                if (writer is { HasEnded: false }) return writer;
                Forget(bookable, opening);
                if (writer is null) return null;
            }
            catch (Exception fault) when (fault is NotWritableException or NpgsqlException or InvalidOperationException)
            {
                Forget(bookable, opening);
                throw fault is NotWritableException ? fault : new NotWritableException(fault.Message, fault);
            }
        }
    }

    private async Task<BookableWriter?> OpenAsync(Guid id)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var bookable = await db.Bookables.AsNoTracking().SingleOrDefaultAsync(bookable => bookable.Id == id);
        if (bookable is null) return null;
        // What the directory has since lost can still be cancelled, not booked.
        var limit = directory.BookableServices.TryGetValue(bookable.Service, out var service) ? service.OpenBookingsPerPerson : 0;
        return await BookableWriter.OpenAsync(database, bookable, partitions.Me, limit, clock, CancellationToken.None)
            ?? throw new NotWritableException("Another replica holds this bookable.");
    }

    private void Forget(Guid bookable, Lazy<Task<BookableWriter?>> opening) => writers.TryRemove(KeyValuePair.Create(bookable, opening));
}
