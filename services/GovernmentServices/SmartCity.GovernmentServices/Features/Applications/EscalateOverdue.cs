using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.Messaging;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>A step that took too long goes to the higher department too, and an application that took longer than promised is marked, by itself and on every replica.</summary>
internal sealed partial class EscalateOverdue(IServiceScopeFactory scopes, ServiceCatalogue catalogue, TimeProvider clock, ILogger<EscalateOverdue> logger) : BackgroundService
{
    private const int AtOnce = 100;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Goes through what is over; of two replicas at the same application, one finds it done.</summary>
    public async Task EscalateAsync(CancellationToken cancellationToken)
    {
        for (var found = AtOnce; found == AtOnce;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
            var now = clock.GetUtcNow();
            var applications = await db.Applications
                .Include(application => application.Steps)
                .Where(application => application.State == ApplicationState.InProgress)
                .Where(application => (application.DueAt <= now && application.OverdueAt == null)
                    || application.Steps.Any(step => step.Outcome == null && step.DueAt <= now && step.EscalatedAt == null))
                .OrderBy(application => application.Id)
                .Take(AtOnce)
                .ToListAsync(cancellationToken);
            found = applications.Count;
            foreach (var application in applications)
            {
                Escalate(application, now);
                // One at a time: an officer who acts meanwhile is in the way of that one only.
                try
                {
                    await db.SaveChangesAsync(cancellationToken);
                }
                catch (DbUpdateException fault) when (LostRaces.Is(fault))
                {
                    db.ChangeTracker.Clear();
                    break;
                }
            }
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
            // EF wraps what passes by itself in an InvalidOperationException.
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException or DbUpdateException })
            {
                NotEscalated(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Escalate(Application application, DateTimeOffset now)
    {
        foreach (var step in application.Steps.Where(step => step.IsOpen && step.DueAt <= now && step.EscalatedAt is null))
        {
            var to = catalogue.Of(application).Definition.Stages[step.Stage].EscalateTo;
            step.Escalate(to, now);
            application.Note(EntryKind.Escalated, now, step, to ?? step.Department);
            Escalated(step.Id, application.Id, step.Department, to);
        }

        if (application.DueAt > now || application.OverdueAt is not null) return;
        application.Overrun(now);
        Overran(application.Id, application.Service);
    }

    [LoggerMessage(LogLevel.Warning, "Step {Step} of application {Application} was not done in time by {Department} and went to {Higher} too")]
    private partial void Escalated(Guid step, Guid application, string department, string? higher);

    [LoggerMessage(LogLevel.Warning, "Application {Application} for {Service} was not decided within the time promised")]
    private partial void Overran(Guid application, string service);

    [LoggerMessage(LogLevel.Warning, "Overdue applications were not escalated, trying again")]
    private partial void NotEscalated(Exception fault);
}

/// <summary>Degraded while an application is undecided beyond the time promised.</summary>
internal sealed class ApplicationsHealth(IServiceScopeFactory scopes) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var overdue = await db.Applications.CountAsync(application => application.State == ApplicationState.InProgress && application.OverdueAt != null, cancellationToken);
        return overdue == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{overdue} applications are undecided beyond the time promised.");
    }
}
