using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Keys;

/// <summary>
/// The keys that sign access tokens, the same for all replicas: each reads them again every minute, and whichever first sees that the next one is due
/// makes it. As a key is published long before it signs, no replica meets a token of a key that it does not know.
/// </summary>
internal sealed partial class SigningKeys(
    IServiceScopeFactory scopes, PersonalData personalData, IOptions<ProviderSettings> settings,
    [FromKeyedServices(RealTime.Key)] TimeProvider realTime, ILogger<SigningKeys> logger)
{
    private const long LockNumber = 0x6B65_7973;

    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);

    private readonly KeySchedule schedule = new(settings.Value.KeyLifetime, PublishAhead: TimeSpan.FromDays(1), KeepFor: settings.Value.TokenLifetime * 2);
    private readonly SemaphoreSlim reading = new(1);
    private volatile Snapshot? current;

    /// <summary>The key to sign with now.</summary>
    public async ValueTask<OpenedKey> SignerAsync(CancellationToken cancellationToken)
    {
        var keys = (await GetAsync(cancellationToken)).Keys;
        return schedule.Signer(keys, realTime.GetUtcNow()) ?? throw new InvalidOperationException("No signing key has begun.");
    }

    /// <summary>The keys to check signatures with.</summary>
    public async ValueTask<IReadOnlyList<SigningKey>> PublishedAsync(CancellationToken cancellationToken)
    {
        var (now, keys) = (realTime.GetUtcNow(), (await GetAsync(cancellationToken)).Keys);
        return [.. keys.Where(key => !schedule.IsOver(key, keys, now)).Select(key => key.Kept)];
    }

    private async ValueTask<Snapshot> GetAsync(CancellationToken cancellationToken)
    {
        var known = current;
        if (known is not null && realTime.GetUtcNow() < known.ReadAt + ReadAgainAfter) return known;

        // With keys in hand one request reads the new ones and the others go on with the old.
        if (!await reading.WaitAsync(known is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken)) return known!;
        try
        {
            if (current is { } other && other != known) return other;
            return current = await ReadAsync(known, cancellationToken);
        }
        catch (DbException fault) when (known is not null)
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
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var now = realTime.GetUtcNow();
        var keys = await db.SigningKeys.ToListAsync(cancellationToken);
        if (schedule.NextBegins(keys, now) is not null || keys.Exists(key => schedule.IsOver(key, keys, now)))
        {
            keys = await RotateAsync(db, now, cancellationToken);
        }

        return new Snapshot(now, [.. keys.Select(key => known?.Keys.FirstOrDefault(opened => opened.Kept.Id == key.Id) ?? new OpenedKey(key, key.Open(personalData)))]);
    }

    private async Task<List<SigningKey>> RotateAsync(IdentityDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);

        // Another replica may have done it meanwhile.
        var keys = await db.SigningKeys.ToListAsync(cancellationToken);
        var over = keys.FindAll(key => schedule.IsOver(key, keys, now));
        db.SigningKeys.RemoveRange(over);
        keys.RemoveAll(over.Contains);
        if (schedule.NextBegins(keys, now) is { } begins)
        {
            var next = SigningKey.Create(begins, personalData);
            db.SigningKeys.Add(next);
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

/// <summary>A key ready to sign; opening one costs more than a signature.</summary>
internal sealed class OpenedKey(SigningKey kept, ECDsa ecdsa) : IScheduledKey
{
    private readonly Lock gate = new();

    public SigningKey Kept => kept;

    public DateTimeOffset SignsFrom => kept.SignsFrom;

    public byte[] Sign(byte[] content)
    {
        // ECDsa instances are not promised to be safe for several threads.
        lock (gate) return ecdsa.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
