using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SmartCity.HealthCode.Data;

/// <summary>Degraded while appeals wait longer than promised.</summary>
internal sealed class AppealsHealth(HealthCodeDb db, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var overdue = await db.Appeals.CountAsync(appeal => appeal.DecidedAt == null && appeal.DueAt <= now, cancellationToken);
        return overdue == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{overdue} appeals are overdue.");
    }
}

/// <summary>Degraded while a dry run or recomputation stands still, or left people out because a rule gave no answer about them.</summary>
internal sealed class WalksHealth(HealthCodeDb db, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        // The oldest moves; the others wait for it.
        var oldest = await db.Walks.AsNoTracking().Where(walk => walk.FinishedAt == null).OrderBy(walk => walk.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (oldest is not null && now - oldest.MovedAt > Patience)
            return HealthCheckResult.Degraded($"Walk {oldest.Id} has stood still since {oldest.MovedAt:O}.");
        var last = await db.Walks.AsNoTracking().OrderByDescending(walk => walk.Id).FirstOrDefaultAsync(cancellationToken);
        return last is { Failed: > 0 }
            ? HealthCheckResult.Degraded($"Walk {last.Id}: a rule gave no answer about {last.Failed} people.")
            : HealthCheckResult.Healthy();
    }
}
