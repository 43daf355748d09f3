using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Data;

/// <summary>Writes the public log: an entry is committed with what it tells of, or neither is.</summary>
internal static class PublicLog
{
    /// <summary>Writers come one after the other, because each entry holds the hash of the one before.</summary>
    private const long LockNumber = 0x7075_626C_6963;

    private static readonly JsonSerializerOptions Json = Configured();

    /// <summary>Saves what waits, with an entry about it.</summary>
    public static async Task SavePubliclyAsync(
        this HealthCodeDb db, PublicEntryKind kind, object content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        var last = await db.PublicLog.AsNoTracking().OrderByDescending(entry => entry.Seq).FirstOrDefaultAsync(cancellationToken);
        db.Add(PublicEntry.After(last, kind, JsonSerializer.Serialize(content, Json), now));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}
