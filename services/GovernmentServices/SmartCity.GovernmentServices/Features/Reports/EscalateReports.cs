using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.GovernmentServices.Data;
using SmartCity.Messaging;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A report that was not answered in time goes to the department that watches over answers too, by itself and on every replica.</summary>
internal sealed partial class EscalateReports(IServiceScopeFactory scopes, CityDirectory directory, TimeProvider clock, ILogger<EscalateReports> logger) : BackgroundService
{
    private const int AtOnce = 200;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Goes through what is over; of two replicas at the same report, one finds it done.</summary>
    public async Task EscalateAsync(CancellationToken cancellationToken)
    {
        for (var found = AtOnce; found == AtOnce;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
            var now = clock.GetUtcNow();
            var reports = await db.Reports
                .Where(report => report.AnsweredAt == null && report.MergedInto == null && report.EscalatedAt == null && report.DueAt <= now)
                .OrderBy(report => report.DueAt).Take(AtOnce).ToListAsync(cancellationToken);
            found = reports.Count;
            foreach (var report in reports) report.Escalate(directory.Supervisor, now);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException fault) when (LostRaces.Is(fault))
            {
                // Somebody answered one meanwhile: the next round sees who is left.
                break;
            }

            foreach (var report in reports) Escalated(report.Id, report.Department, directory.Supervisor);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await EscalateAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException or DbUpdateException })
            {
                NotEscalated(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "Report {Report} was not answered in time by {Department} and went to {Supervisor} too")]
    private partial void Escalated(Guid report, string department, string supervisor);

    [LoggerMessage(LogLevel.Warning, "Overdue reports were not escalated, trying again")]
    private partial void NotEscalated(Exception fault);
}

/// <summary>Degraded while a report is unanswered, or a person who was badly served is not called back, beyond the time for it.</summary>
internal sealed class ReportsHealth(IServiceScopeFactory scopes, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var now = clock.GetUtcNow();
        var reports = await db.Reports.CountAsync(report => report.EscalatedAt != null && report.AnsweredAt == null && report.MergedInto == null, cancellationToken);
        var rectifications = await db.Rectifications.CountAsync(
            one => one.ClosedAt == null && (one.DueAt <= now || (one.CalledBackAt == null && one.CallBackBy <= now)), cancellationToken);
        return reports + rectifications == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"{reports} reports are unanswered and {rectifications} rectifications are not done beyond the time for them.");
    }
}
