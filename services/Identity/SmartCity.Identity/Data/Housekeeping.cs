using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Identity.Data;

/// <summary>Removes what is no longer needed: codes after the day in which they count, sessions a month after they could be renewed, records after two years.</summary>
internal sealed partial class Housekeeping(
    IServiceScopeFactory scopes, [FromKeyedServices(RealTime.Key)] TimeProvider realTime, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepCodes = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepSessions = TimeSpan.FromDays(30);

    // A day more than what the table insists on (see AuditSql), as the database has its own clock.
    private static readonly TimeSpan KeepAudit = TimeSpan.FromDays(2 * 366 + 1);

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var now = realTime.GetUtcNow();
        var codes = await db.PhoneCodes.Where(code => code.SentAt < now - KeepCodes).ExecuteDeleteAsync(cancellationToken);
        // Their refresh tokens go with them.
        var sessions = await db.Sessions.Where(session => session.ExpiresAt < now - KeepSessions).ExecuteDeleteAsync(cancellationToken);
        var records = await db.Audit.Where(entry => entry.At < now - KeepAudit).ExecuteDeleteAsync(cancellationToken);
        if (codes + sessions + records > 0) Cleaned(codes, sessions, records);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        do
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            // EF wraps what passes by itself in an InvalidOperationException.
            catch (Exception fault) when (fault is DbException or InvalidOperationException { InnerException: DbException })
            {
                NotCleaned(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Removed {Codes} old codes, {Sessions} old sessions and {Records} old records")]
    private partial void Cleaned(int codes, int sessions, int records);

    [LoggerMessage(LogLevel.Warning, "Old rows were not removed; trying again in an hour")]
    private partial void NotCleaned(Exception fault);
}
