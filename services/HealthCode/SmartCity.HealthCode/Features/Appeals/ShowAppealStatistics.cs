using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Everybody can read how long the city takes to answer appeals, and how often it was wrong.</summary>
internal static class ShowAppealStatistics
{
    private const int SmallestCount = 5;
    private const int Days = 90;

    /// <param name="Days">Appeals filed within so many days are counted.</param>
    /// <param name="Filed">How many; absent below 5, as everything below.</param>
    /// <param name="Decided">How many were decided.</param>
    /// <param name="Upheld">How many of these were right.</param>
    /// <param name="Overdue">How many wait longer than promised.</param>
    /// <param name="InTime">Share of those decided that were decided in time, 0 to 1.</param>
    /// <param name="MedianHours">Half were answered within so many hours.</param>
    /// <param name="P90Hours">Nine in ten were.</param>
    public sealed record Statistics(
        int Days, int? Filed = null, int? Decided = null, int? Upheld = null, int? Overdue = null, double? InTime = null, double? MedianHours = null, double? P90Hours = null);

    public static void Map(RouteGroupBuilder features) => features.MapGet("/appeals/statistics", HandleAsync)
        .WithName("ShowAppealStatistics")
        .WithSummary("How long the city takes to answer appeals, over 90 days; counts below 5 are left out")
        .WithExample(answer: new Statistics(Days, 120, 110, 38, null, 0.97, 6.5, 19.2))
        .AllowEveryone();

    private static async Task<PublicAnswer<Statistics>> HandleAsync(HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var since = now.AddDays(-Days);
        var appeals = await db.Appeals.AsNoTracking().Where(appeal => appeal.FiledAt > since)
            .Select(appeal => new { appeal.FiledAt, appeal.DueAt, appeal.DecidedAt, appeal.Outcome }).ToListAsync(cancellationToken);
        var decided = appeals.Where(appeal => appeal.DecidedAt is not null).ToArray();
        double[] hours = [.. decided.Select(appeal => (appeal.DecidedAt!.Value - appeal.FiledAt).TotalHours).Order()];
        var enough = decided.Length >= SmallestCount;
        return new PublicAnswer<Statistics>(
            new Statistics(
                Days, Shown(appeals.Count), Shown(decided.Length), Shown(decided.Count(appeal => appeal.Outcome == AppealOutcome.Upheld)),
                Shown(appeals.Count(appeal => appeal.DecidedAt is null && appeal.DueAt <= now)),
                enough ? Math.Round(decided.Count(appeal => appeal.DecidedAt <= appeal.DueAt) / (double)decided.Length, 2) : null,
                enough ? Quantile(hours, 0.5) : null, enough ? Quantile(hours, 0.9) : null),
            TimeSpan.FromMinutes(5));
    }

    private static int? Shown(int count) => count >= SmallestCount ? count : null;

    /// <summary>Nearest rank.</summary>
    private static double Quantile(double[] sorted, double share) => Math.Round(sorted[(int)Math.Ceiling(share * sorted.Length) - 1], 1);
}
