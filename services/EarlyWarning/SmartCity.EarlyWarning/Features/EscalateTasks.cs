using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.EarlyWarning.Data;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Tells the department above when nobody took note of a task in time, within seconds of the deadline. Replicas may do it at once: a task escalates once.</summary>
internal sealed partial class EscalateTasks(IServiceScopeFactory scopes, TimeProvider clock, ILogger<EscalateTasks> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var late = clock.GetUtcNow() - Promised;
        var overdue = await scope.ServiceProvider.GetRequiredService<EarlyWarningDb>().DepartmentTasks
            .CountAsync(task => task.State == Domain.TaskState.Assigned && task.EscalatedAt == null && task.AcknowledgeBy < late, cancellationToken);
        return overdue == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{overdue} unacknowledged tasks were not escalated within a minute of their deadline");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EscalateAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbException or InvalidOperationException { InnerException: DbException })
            {
                EscalationFailed(fault);
            }

            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EscalateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
        var now = clock.GetUtcNow();
        // One statement: task and history change together, and a replica that comes second finds nothing to do.
        var escalated = await db.Database.ExecuteSqlAsync($"""
            WITH late AS (
                UPDATE department_tasks SET escalated_at = {now}
                WHERE state = 'Assigned' AND escalated_at IS NULL AND acknowledge_by <= {now}
                RETURNING id, escalates_to)
            INSERT INTO task_notes (id, task_id, at, kind, department)
            SELECT gen_random_uuid(), id, {now}, 'Escalated', escalates_to FROM late
            """, cancellationToken);
        if (escalated > 0) Escalated(escalated);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} tasks that nobody took note of were escalated")]
    private partial void Escalated(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tasks could not be escalated")]
    private partial void EscalationFailed(Exception fault);
}
