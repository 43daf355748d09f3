using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Everybody reads the public log, and its head signed by the city: who keeps a head can tell later that nothing before it was changed.</summary>
internal static class ShowPublicLog
{
    /// <param name="Seq">1, 2, 3 and so on, without gaps.</param>
    /// <param name="At">When, UTC, exactly as it was hashed.</param>
    /// <param name="Kind">What was done.</param>
    /// <param name="Content">With what, a JSON object as text, exactly as it was hashed.</param>
    /// <param name="Previous">Hash of the entry before, hexadecimal.</param>
    /// <param name="Hash">SHA-256 of seq, at, kind, content and previous, joined by line feeds, UTF-8.</param>
    public sealed record Entry(long Seq, string At, PublicEntryKind Kind, string Content, string Previous, string Hash);

    /// <param name="Seq">The last entry.</param>
    /// <param name="Hash">Its hash.</param>
    /// <param name="Signed">Both with the time, as a compact JWS (RFC 7515, ES256) with a key of <c>/keys</c>.</param>
    public sealed record Head(long Seq, string Hash, string Signed);

    private static readonly Entry Example = new(
        1, "2022-03-20T08:00:00.000000Z", PublicEntryKind.OverrideApproved, """{"order":"0191f5a0-6c1e-8f00-9a00-3f2b61d0c0aa","reason":"isolationOrder"}""",
        PublicEntry.Beginning, "2f6b8c0e5d1a4b7c9e3f2a1d0c8b7e6f5a4d3c2b1e0f9a8d7c6b5e4f3a2d1c0b");

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/override-log", ListAsync)
            .WithName("ListPublicLog")
            .WithSummary("What officers did by hand, without personal data, oldest first; each entry holds the hash of the one before")
            .WithExample(answer: new Page<Entry>([Example]))
            .AllowEveryone();
        features.MapGet("/override-log/head", HeadAsync)
            .WithName("ShowPublicLogHead")
            .WithSummary("The last entry of the public log, signed")
            .WithExample(answer: new Head(1, Example.Hash, "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"))
            .AllowEveryone();
    }

    private static async Task<Results<PublicAnswer<Page<Entry>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, HealthCodeDb db, CancellationToken cancellationToken)
    {
        var start = 0L;
        if (page.After is { } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out start)) return PageQuery.InvalidCursor;
        var entries = await db.PublicLog.AsNoTracking().Where(entry => entry.Seq > start).OrderBy(entry => entry.Seq).Take(page.Take + 1)
            .Select(entry => new Entry(entry.Seq, entry.At, entry.Kind, entry.Content, entry.Previous, entry.Hash)).ToListAsync(cancellationToken);
        return new PublicAnswer<Page<Entry>>(
            Page<Entry>.From(entries, page.Take, entry => entry.Seq.ToString(CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(5));
    }

    private static async Task<Ok<Head>> HeadAsync(HealthCodeDb db, CredentialKeys keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        var last = await db.PublicLog.AsNoTracking().OrderByDescending(entry => entry.Seq).FirstOrDefaultAsync(cancellationToken);
        var (seq, hash) = (last?.Seq ?? 0, last?.Hash ?? PublicEntry.Beginning);
        var now = clock.GetUtcNow();
        var signed = keys.SignJson(new JsonObject { ["iss"] = "health-code", ["iat"] = now.ToUnixTimeSeconds(), ["seq"] = seq, ["hash"] = hash }, now);
        return TypedResults.Ok(new Head(seq, hash, signed));
    }
}
