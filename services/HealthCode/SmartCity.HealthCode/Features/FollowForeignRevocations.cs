using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>What was revoked abroad after it was brought here ceases to be evidence, at start and whenever the list of revocations changes.</summary>
internal sealed partial class FollowForeignRevocations(
    IServiceScopeFactory scopes, ForeignTrust trust, PolicyBook policies, TimeProvider clock, IConfiguration configuration, ILogger<FollowForeignRevocations> logger)
    : BackgroundService
{
    private const int Batch = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = configuration.GetValue("Foreign:CheckEvery", TimeSpan.FromMinutes(1));
        for (var isNews = true; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                isNews |= trust.Refresh();
                if (isNews) await WithdrawAsync(stoppingToken);
                isNews = false;
            }
            catch (Exception fault) when (DatabaseFault.Is(fault) || fault is RaceLostException or RuleFailedException or InvalidDataException or IOException)
            {
                NotFollowed(fault);
            }

            await Task.Delay(interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        // The id of such evidence is the id under which its certificate is revoked.
        foreach (var ids in trust.Revoked.Select(ImportCertificate.IdOf).Chunk(Batch))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
            var now = clock.GetUtcNow();
            var revoked = await db.Evidence.Where(fact => ids.Contains(fact.Id) && fact.Kind == EvidenceKind.ForeignCertificate && fact.WithdrawnAt == null).ToListAsync(cancellationToken);
            foreach (var fact in revoked)
            {
                fact.Withdraw(now > fact.StatedAt ? now : fact.StatedAt);
                if (await db.Citizens.Include(person => person.Code).SingleOrDefaultAsync(person => person.Id == fact.CitizenId, cancellationToken) is { } citizen)
                    await db.ReconsiderAsync(citizen, policies, ChangeCause.EvidenceWithdrawn, now, cancellationToken);
            }

            await db.SaveChangesAsync(cancellationToken);
            if (revoked.Count > 0) Withdrew(revoked.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} certificates that were revoked abroad ceased to be evidence")]
    private partial void Withdrew(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Revocations from abroad were not followed; trying again")]
    private partial void NotFollowed(Exception fault);
}
