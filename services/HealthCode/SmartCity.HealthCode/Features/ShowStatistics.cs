using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// How many codes have which colour. Nobody can take one answer from another to find a person: the groups are fixed and disjoint, there is neither
/// filter nor total, everybody gets the same counts for a whole hour, and they are rounded down to fives, below five left out.
/// </summary>
internal static class ShowStatistics
{
    /// <summary>Smaller groups are suppressed, and others are told in steps of this size.</summary>
    private const int Step = 5;

    /// <param name="Color">The colour.</param>
    /// <param name="Count">At least so many have it, and fewer than 5 more; absent where it is fewer than 5, also where it is none.</param>
    /// <param name="CountedAt">The full hour in which it was counted, UTC.</param>
    public sealed record ColorCount(CodeColor Color, DateTimeOffset CountedAt, int? Count = null);

    public static void Map(RouteGroupBuilder features) => features.MapGet("/statistics", HandleAsync)
        .WithName("ShowStatistics")
        .WithSummary("How many codes have which colour, counted once an hour, in steps of 5; fewer than 5 are left out")
        .WithExample(answer: new[] { new ColorCount(CodeColor.Green, new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), 1_204_315) })
        .Allow(Roles.HealthOfficer);

    private static async Task<Ok<ColorCount[]>> HandleAsync(HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        if (await ReadAsync() is { Length: > 0 } known) return TypedResults.Ok(known);

        // Of two who ask first, one count holds.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO color_counts (hour, color, count)
            SELECT {hour}, shown.color, coalesce(counted.count, 0) / {Step} * {Step}
            FROM (VALUES ('Green'), ('Yellow'), ('Red')) AS shown (color)
            LEFT JOIN (SELECT color, count(*)::int AS count FROM citizen_codes GROUP BY color) AS counted ON counted.color = shown.color
            ORDER BY shown.color ON CONFLICT DO NOTHING
            """, cancellationToken);
        return TypedResults.Ok(await ReadAsync());

        async Task<ColorCount[]> ReadAsync() => [.. (await db.ColorCounts.AsNoTracking().Where(count => count.Hour == hour).ToListAsync(cancellationToken))
            .OrderBy(count => count.Color).Select(count => new ColorCount(count.Color, hour, count.Count >= Step ? count.Count : null))];
    }
}
