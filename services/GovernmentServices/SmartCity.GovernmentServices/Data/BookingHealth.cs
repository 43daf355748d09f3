using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace SmartCity.GovernmentServices.Data;

/// <summary>Degraded where bookables have no writer, or where something due at one is not done.</summary>
internal sealed class BookingHealth(BookingPartitions partitions, GovernmentServicesDb db, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (partitions.WithoutHolder is > 0 and var orphans) return HealthCheckResult.Degraded($"{orphans} of {BookingPartitions.Count} partitions of the bookables have no writer.");
        try
        {
            var before = clock.GetUtcNow() - Late;
            var late = await db.Bookables.CountAsync(bookable => bookable.DueAt < before, cancellationToken);
            return late > 0 ? HealthCheckResult.Degraded($"At {late} bookables a draw, an opening or the end of holds is overdue.") : HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException { InnerException: NpgsqlException })
        {
            // The check of the database says so itself.
            return HealthCheckResult.Healthy();
        }
    }
}
