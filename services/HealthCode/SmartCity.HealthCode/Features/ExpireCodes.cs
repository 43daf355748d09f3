using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Decides yellow and red codes again when their end has passed, because that is news; a green one waits until somebody looks.
/// Replicas share the work: each takes rows that no other has locked.
/// </summary>
internal sealed partial class ExpireCodes(
    IServiceScopeFactory scopes, PolicyBook policies, FailedRules failedRules, TimeProvider clock, IConfiguration configuration, ILogger<ExpireCodes> logger) : BackgroundService
{
    private const int Batch = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = configuration.GetValue("ExpireCodes:Interval", TimeSpan.FromSeconds(5));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SweepAsync(stoppingToken) == Batch) continue;
            }
            // EF wraps what passes by itself in an InvalidOperationException.
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException })
            {
                SweepFailed(fault);
            }

            await Task.Delay(interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return 0;

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var due = await db.Codes.FromSql($"""
            SELECT * FROM citizen_codes WHERE color <> 'Green' AND valid_until <= {now} ORDER BY valid_until LIMIT {Batch} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancellationToken);
        var ids = due.ConvertAll(code => code.CitizenId);
        // Includes their codes, which are tracked already.
        var citizens = await db.Citizens.Where(citizen => ids.Contains(citizen.Id)).ToListAsync(cancellationToken);
        var failed = 0;
        foreach (var citizen in citizens)
        {
            try
            {
                var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
                db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), evidence, ChangeCause.TimePassed, now), citizen.HomeCell);
            }
            catch (RuleFailedException fault)
            {
                // The code stays ended: its owner hears that no rules can decide, and the others get theirs.
                failedRules.Note(fault);
                RuleFailed(fault);
                failed++;
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (due.Count > failed) Expired(due.Count - failed);
        return failed == 0 ? due.Count : 0;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} codes whose end had passed were decided again")]
    private partial void Expired(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A code whose end has passed could not be decided again, because a rule failed")]
    private partial void RuleFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Codes whose end has passed could not be decided again")]
    private partial void SweepFailed(Exception fault);
}
