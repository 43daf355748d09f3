using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.ServiceDefaults;

namespace SmartCity.Signing;

/// <summary>
/// The keys that a service signs with, the same for all its replicas: each reads them again every minute, and whichever first sees that the next one is due
/// makes it. As a key is published long before it signs, nobody meets a signature of a key that they cannot know.
/// </summary>
public sealed partial class SigningKeys
{
    private const long LockNumber = 0x6B65_7973;

    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);

    private readonly KeySchedule schedule;
    private readonly Func<IServiceProvider, DbContext> database;
    private readonly TimeProvider clock;
    private readonly IServiceScopeFactory scopes;
    private readonly PersonalData personalData;
    private readonly ILogger logger;
    private readonly SemaphoreSlim reading = new(1);
    private volatile Snapshot? current;

    internal SigningKeys(KeySchedule schedule, Func<IServiceProvider, DbContext> database, TimeProvider clock, IServiceProvider services)
    {
        (this.schedule, this.database, this.clock) = (schedule, database, clock);
        scopes = services.GetRequiredService<IServiceScopeFactory>();
        personalData = services.GetRequiredService<PersonalData>();
        logger = services.GetRequiredService<ILogger<SigningKeys>>();
    }

    /// <summary>The key to sign with now.</summary>
    /// <exception cref="DbException">No key was ever read, and the database does not answer.</exception>
    public async ValueTask<OpenedKey> SignerAsync(CancellationToken cancellationToken)
    {
        var keys = (await GetAsync(cancellationToken)).Keys;
        return schedule.Signer(keys, clock.GetUtcNow()) ?? throw new InvalidOperationException("There is no signing key.");
    }

    /// <summary>The keys to check signatures with, as a JWK Set.</summary>
    public async ValueTask<KeySet> PublishedAsync(CancellationToken cancellationToken)
    {
        var (now, keys) = (clock.GetUtcNow(), (await GetAsync(cancellationToken)).Keys);
        return new KeySet([.. keys.Where(key => !schedule.IsOver(key, keys, now)).Select(key => key.Kept.Public)]);
    }

    private async ValueTask<Snapshot> GetAsync(CancellationToken cancellationToken)
    {
        var known = current;
        if (known is not null && clock.GetUtcNow() < known.ReadAt + ReadAgainAfter) return known;

        // With keys in hand one request reads the new ones and the others go on with the old.
        if (!await reading.WaitAsync(known is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken)) return known!;
        try
        {
            if (current is { } other && other != known) return other;
            return current = await ReadAsync(known, cancellationToken);
        }
        // EF wraps what passes by itself in an InvalidOperationException.
        catch (Exception fault) when (known is not null && (fault is DbException or InvalidOperationException { InnerException: DbException }))
        {
            KeysNotRead(fault);
            return known;
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task<Snapshot> ReadAsync(Snapshot? known, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = database(scope.ServiceProvider);
        var now = clock.GetUtcNow();
        var keys = await db.Set<SigningKey>().ToListAsync(cancellationToken);
        if (schedule.NextBegins(keys, now) is not null || keys.Exists(key => schedule.IsOver(key, keys, now)))
        {
            keys = await RotateAsync(db, now, cancellationToken);
        }

        return new Snapshot(now, [.. keys.Select(key => known?.Keys.FirstOrDefault(opened => opened.Kept.Id == key.Id) ?? new OpenedKey(key, key.Open(personalData)))]);
    }

    private async Task<List<SigningKey>> RotateAsync(DbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);

        // Another replica may have done it meanwhile.
        var keys = await db.Set<SigningKey>().ToListAsync(cancellationToken);
        var over = keys.FindAll(key => schedule.IsOver(key, keys, now));
        db.Set<SigningKey>().RemoveRange(over);
        keys.RemoveAll(over.Contains);
        if (schedule.NextBegins(keys, now) is { } begins)
        {
            var next = SigningKey.Create(begins, personalData);
            db.Set<SigningKey>().Add(next);
            keys.Add(next);
            KeyMade(next.KeyId, begins);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return keys;
    }

    [LoggerMessage(LogLevel.Information, "Made the signing key {KeyId}, which signs from {SignsFrom:u}")]
    private partial void KeyMade(string keyId, DateTimeOffset signsFrom);

    [LoggerMessage(LogLevel.Warning, "Signing keys were not read again; the known ones hold")]
    private partial void KeysNotRead(Exception fault);

    private sealed record Snapshot(DateTimeOffset ReadAt, IReadOnlyList<OpenedKey> Keys);
}
