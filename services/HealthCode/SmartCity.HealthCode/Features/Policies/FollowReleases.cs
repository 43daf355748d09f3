using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>Keeps this replica's policies up to date with what officers released or took back, on whatever replica they did.</summary>
internal sealed partial class FollowReleases(
    IServiceScopeFactory scopes, PolicyBook policies, IConfiguration configuration, ILogger<FollowReleases> logger) : BackgroundService
{
    /// <summary>Before anything is decided.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        policies.Follow(await db.Policies.AsNoTracking().Where(policy => policy.State != ReleaseState.Draft).ToListAsync(cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = configuration.GetValue("Policies:Interval", TimeSpan.FromSeconds(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbException or InvalidOperationException { InnerException: DbException } or OperationCanceledException)
            {
                if (!stoppingToken.IsCancellationRequested) NotRefreshed(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Released policies could not be read; those known so far hold")]
    private partial void NotRefreshed(Exception fault);
}
