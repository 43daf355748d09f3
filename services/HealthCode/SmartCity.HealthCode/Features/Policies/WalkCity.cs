using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Goes through all people for a dry run or a recomputation, beside normal traffic: small batches, a rest after each. A batch and how far it came are one
/// commit, so that a walk goes on where it was after any kill. Replicas take turns: whoever holds the walk's row does its next batch.
/// </summary>
internal sealed partial class WalkCity(
    IServiceScopeFactory scopes, PolicyBook policies, FollowReleases releases, TimeProvider clock, IConfiguration configuration, ILogger<WalkCity> logger)
    : BackgroundService
{
    private readonly int batch = configuration.GetValue("Walks:Batch", 2000);

    /// <summary>How long to rest after a batch, as a multiple of how long it took.</summary>
    private readonly double rest = configuration.GetValue("Walks:Rest", 0.3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = configuration.GetValue("Walks:Interval", TimeSpan.FromSeconds(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var worked = false;
            try
            {
                worked = await StepAsync(stoppingToken);
            }
            catch (RaceLostException)
            {
                // Somebody decided about one of these people at the same moment: nothing was saved, and now their decision is seen.
                worked = true;
            }
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException })
            {
                StepFailed(fault);
            }

            var pause = worked ? Stopwatch.GetElapsedTime(started) * rest : interval;
            await Task.Delay(pause, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One batch of the oldest walk that nobody else is at.</summary>
    /// <returns>Whether there was anything to do.</returns>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        if (!await db.Walks.AnyAsync(walk => walk.FinishedAt == null, cancellationToken)) return false;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var walk = (await db.Walks.FromSql($"SELECT * FROM city_walks WHERE finished_at IS NULL ORDER BY started_at, id LIMIT 1 FOR UPDATE SKIP LOCKED")
            .ToListAsync(cancellationToken)).SingleOrDefault();
        if (walk is null) return false;
        // The stage that set the walk off may have been set on another replica a moment ago.
        await releases.RefreshAsync(cancellationToken);

        var now = clock.GetUtcNow();
        var people = await CityBatch.ReadAsync(db, walk, batch, cancellationToken);
        if (people.Count == 0)
        {
            walk.Finish(now);
            WalkEnded(walk.Id, walk.Kind, walk.Looked, walk.Changed);
        }
        else if (walk.Kind == WalkKind.DryRun)
        {
            await TryOutAsync(db, walk, people, now, cancellationToken);
        }
        else
        {
            await DecideAgainAsync(db, walk, people, now, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task DecideAgainAsync(HealthCodeDb db, CityWalk walk, IReadOnlyList<CityBatch.Person> people, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cause = walk.Kind == WalkKind.Area ? ChangeCause.AreaRiskChanged : ChangeCause.PolicyChanged;
        var (decided, changed, failed) = (new List<CitizenCode>(people.Count), new HashSet<CitizenId>(), 0);
        foreach (var person in people)
        {
            var policy = policies.For(person.Code.CitizenId, person.HomeCell, now);
            if (policy is null || (walk.Kind == WalkKind.Recompute && !person.Code.IsDue(policy, now))) continue;
            try
            {
                var change = person.Code.Reconsider(policy, person.Evidence, cause, now);
                // Green for the same reason by another policy is written when somebody looks, as on every other day: until then nothing rests on it.
                if (change is not null || person.Code.Color != CodeColor.Green || walk.Kind != WalkKind.Recompute) decided.Add(person.Code);
                if (change is not null) changed.Add(person.Code.CitizenId);
                db.Record(change, person.HomeCell);
            }
            catch (RuleFailedException fault)
            {
                failed++;
                RuleFailed(fault);
            }
        }

        await CityBatch.WriteAsync(Connection(db), decided, changed, cancellationToken);
        walk.Advance(people[^1].Code.CitizenId.Value, people.Count, changed.Count, failed, now);
    }

    private async Task TryOutAsync(HealthCodeDb db, CityWalk walk, IReadOnlyList<CityBatch.Person> people, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var release = await db.Policies.AsNoTracking().SingleAsync(policy => policy.Version == walk.PolicyVersion, cancellationToken);
        var draft = policies.Compiled(release);
        var (moved, failed) = (new List<CityBatch.Moved>(), 0);
        foreach (var person in people)
        {
            try
            {
                // Its days of validity do not matter: it is asked what it would do.
                var decision = CodeDecision.Decide(draft ?? throw new RuleFailedException("none", "the draft cannot be read"), person.Evidence, now);
                if (decision.Color != person.Code.Color) moved.Add(new CityBatch.Moved(person, decision));
            }
            catch (RuleFailedException fault)
            {
                failed++;
                RuleFailed(fault);
            }
        }

        await CityBatch.CountAsync(db, Connection(db), walk.Id, moved, cancellationToken);
        walk.Advance(people[^1].Code.CitizenId.Value, people.Count, moved.Count, failed, now);
    }

    private static (NpgsqlConnection, NpgsqlTransaction) Connection(HealthCodeDb db) =>
        ((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction());

    [LoggerMessage(Level = LogLevel.Information, Message = "Walk {WalkId} ({Kind}) ended: {Looked} people, {Changed} changes")]
    private partial void WalkEnded(Guid walkId, WalkKind kind, long looked, long changed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of a walk failed and is tried again")]
    private partial void StepFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A rule gave no answer about a person of a walk")]
    private partial void RuleFailed(Exception fault);
}
