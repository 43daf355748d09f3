using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A health officer reads how many codes have which colour. Counts that could point at people are not given.</summary>
internal static class ShowStatistics
{
    /// <summary>Smaller counts are suppressed; there is no total from which they would follow.</summary>
    private const int SmallestCount = 5;

    /// <param name="Color">The colour.</param>
    /// <param name="Count">How many codes have it; absent where it is fewer than 5, also where it is none.</param>
    public sealed record ColorCount(CodeColor Color, int? Count = null);

    public static void Map(RouteGroupBuilder features) => features.MapGet("/statistics", HandleAsync)
        .WithName("ShowStatistics")
        .WithSummary("How many codes have which colour; counts below 5 are left out")
        .Allow(Roles.HealthOfficer);

    private static async Task<Ok<ColorCount[]>> HandleAsync(HealthCodeDb db, CancellationToken cancellationToken)
    {
        var counts = await db.Codes.GroupBy(code => code.Color).Select(group => new { Color = group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Color, group => group.Count, cancellationToken);
        return TypedResults.Ok(new[] { CodeColor.Green, CodeColor.Yellow, CodeColor.Red }
            .Select(color => new ColorCount(color, counts.GetValueOrDefault(color) is >= SmallestCount and var count ? count : null))
            .ToArray());
    }
}
