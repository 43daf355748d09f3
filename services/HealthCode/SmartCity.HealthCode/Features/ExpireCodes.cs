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
    IServiceScopeFactory scopes, PolicyBook policies, TimeProvider clock, IConfiguration configuration, ILogger<ExpireCodes> logger) : BackgroundService
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
        if (policies.InForce(now) is not { } policy) return 0;

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var due = await db.Codes.FromSql($"""
            SELECT * FROM citizen_codes WHERE color <> 'Green' AND valid_until <= {now} ORDER BY valid_until LIMIT {Batch} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancellationToken);
        var ids = due.ConvertAll(code => code.CitizenId);
        var cells = await db.Citizens.Where(citizen => ids.Contains(citizen.Id))
            .ToDictionaryAsync(citizen => citizen.Id, citizen => citizen.HomeCell, cancellationToken);
        var evidence = (await db.Evidence.Where(fact => ids.Contains(fact.CitizenId)).ToListAsync(cancellationToken)).ToLookup(fact => fact.CitizenId);
        foreach (var code in due)
        {
            db.Record(code.Reconsider(policy, [.. evidence[code.CitizenId]], ChangeCause.TimePassed, now), cells[code.CitizenId]);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (due.Count > 0) Expired(due.Count);
        return due.Count;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} codes whose end had passed were decided again")]
    private partial void Expired(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Codes whose end has passed could not be decided again")]
    private partial void SweepFailed(Exception fault);
}
