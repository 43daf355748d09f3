using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Judges what came in, in the order in which it became known, by the rules that are live. One replica at a time; what one leaves, the next takes up.</summary>
internal sealed partial class JudgeSignals(IServiceScopeFactory scopes, TimeProvider clock, ILogger<JudgeSignals> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private long passedAt = Environment.TickCount64;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref passedAt));
        return Task.FromResult(age > Late ? HealthCheckResult.Degraded($"signals were last judged {age:hh\\:mm\\:ss} ago") : HealthCheckResult.Healthy());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var more = false;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                more = await scope.ServiceProvider.GetRequiredService<JudgePass>().RunAsync(stoppingToken);
                Interlocked.Exchange(ref passedAt, Environment.TickCount64);
            }
            catch (Exception exception) when (exception is DbException or DbUpdateException or InvalidOperationException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                // Nothing was committed, so the next pass begins where this one did.
                PassFailed(exception);
            }

            if (!more) await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A pass of detection failed and will be made again")]
    private partial void PassFailed(Exception exception);
}

/// <summary>One pass: the news of every stream since the last one, and what falls due by the calendar.</summary>
internal sealed partial class JudgePass(
    EarlyWarningDb db, RuleInputs inputs, SignalReader reader, Grids grids, WatchFeeds feeds, ProposeRisk risks, IOptions<DetectionOptions> options, TimeProvider clock, ILogger<JudgePass> logger)
{
    private const int MostRevisions = 200;
    private const int WeeksJudgedAgain = 4;
    private const int DaysScannedAgain = 7;
    private const long Lock = (0x51674E41L << 32) | 0x4A554447;

    /// <returns>Whether there may be more to do at once.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = CityDay.Of(now);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({Lock}) AS \"Value\"").SingleAsync(cancellationToken)) return false;

        var marks = await db.Marks.ToListAsync(cancellationToken);
        var news = await db.Revisions.FromSql($"""
            SELECT r.* FROM judge_marks m CROSS JOIN LATERAL (
                SELECT * FROM signal_revisions r WHERE r.stream = m.stream AND r.id > m.revision ORDER BY r.id LIMIT {MostRevisions}) r
            """).AsNoTracking().ToListAsync(cancellationToken);
        var due = marks.Where(mark => now - mark.LookedAt >= options.Value.LookAgain || mark.LookedAt > now).ToArray();
        if (news.Count == 0 && due.Length == 0) return false;

        var grid = await grids.CurrentAsync(cancellationToken);
        var rules = await db.Rules.AsNoTracking().Where(rule => rule.State == RuleState.Live).ToListAsync(cancellationToken);
        var outbreaks = await db.Outbreaks.AsNoTracking().Where(outbreak => !outbreak.IsWithdrawn).ToListAsync(cancellationToken);
        foreach (var stream in news.GroupBy(revision => revision.Stream))
        {
            await JudgeNewsAsync(stream.Key, [.. stream], [.. rules.Where(rule => rule.Stream == stream.Key && rule.Series is { DaysPerValue: 1, JudgesTogether: false })], grid, outbreaks, today, now, cancellationToken);
            marks.Single(mark => mark.Stream == stream.Key).Revision = stream.Max(revision => revision.Id);
        }

        foreach (var mark in due)
        {
            // A week is judged once it is over, and corrections of the last weeks with it.
            if (RuleSeries.LastSundayBefore(today) > RuleSeries.LastSundayBefore(CityDay.Of(mark.LookedAt)) || mark.LookedAt > now)
                await JudgeWeeksAsync([.. rules.Where(rule => rule.Stream == mark.Stream && rule.Series.DaysPerValue == 7)], grid, outbreaks, today, now, cancellationToken);
            await JudgeAllAsync([.. rules.Where(rule => rule.Stream == mark.Stream && rule.Series is { DaysPerValue: 1, JudgesTogether: true })], mark, grid, outbreaks, today, now, cancellationToken);
            mark.LookedAt = now;
        }

        if (due.Length > 0) await feeds.LookAsync(today, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await risks.LookAsync(grid, [.. news.Select(revision => revision.Stream).Distinct()], today, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return news.Count >= MostRevisions;
    }

    private async Task JudgeNewsAsync(
        SignalStream stream, IReadOnlyList<SignalRevision> news, IReadOnlyList<DetectionRule> rules, Grid grid, IReadOnlyCollection<KnownOutbreak> outbreaks, DateOnly today, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (rules.Count == 0) return;
        var ids = news.SelectMany(revision => revision.Series).Distinct().ToArray();
        var changed = await db.Series.AsNoTracking().Where(series => ids.Contains(series.Id)).ToListAsync(cancellationToken);
        var known = await reader.KnowledgeAsync(stream, today, knownAt: null, cancellationToken);
        var oldest = today.AddDays(-options.Value.DaysJudgedAgain);
        foreach (var rule in rules)
        {
            var areas = changed.Where(series => rule.Kind is null || series.Kind == rule.Kind).Select(series => grid.Above(series.Area, rule.Level)).OfType<string>().Distinct().ToArray();
            if (areas.Length == 0) continue;
            // The changed days, and those in whose baseline they lie.
            var first = news.Min(revision => revision.FirstDay);
            var last = news.Max(revision => revision.LastDay).AddDays(rule.Series.Reach);
            (first, last) = (first < oldest ? oldest : first, last > today ? today : last);
            if (first > last) continue;
            await TakeAsync(rule, await inputs.JudgeAsync(rule, areas, first, last, grid, known, outbreaks, cancellationToken), grid, known, now, cancellationToken);
        }
    }

    private async Task JudgeWeeksAsync(
        IReadOnlyList<DetectionRule> rules, Grid grid, IReadOnlyCollection<KnownOutbreak> outbreaks, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = RuleSeries.LastSundayBefore(today);
        foreach (var rule in rules)
        {
            var areas = await inputs.AreasAsync(rule, grid, cancellationToken);
            var known = await reader.KnowledgeAsync(rule.Stream, today, knownAt: null, cancellationToken);
            var judged = await inputs.JudgeAsync(rule, areas, last.AddDays(-7 * (WeeksJudgedAgain - 1)), last, grid, known, outbreaks, cancellationToken);
            await TakeAsync(rule, judged, grid, known, now, cancellationToken);
        }
    }

    /// <summary>What judges all areas of a day at once is too dear for every bit of news: it takes together what came in since the last look, and the oldest days not at all.</summary>
    private async Task JudgeAllAsync(
        IReadOnlyList<DetectionRule> rules, JudgeMark mark, Grid grid, IReadOnlyCollection<KnownOutbreak> outbreaks, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (after, upTo) = (mark.Together, mark.Revision);
        mark.Together = upTo;
        if (rules.Count == 0) return;
        var oldest = await db.Revisions.Where(revision => revision.Stream == mark.Stream && revision.Id > after && revision.Id <= upTo)
            .MinAsync(revision => (DateOnly?)revision.FirstDay, cancellationToken);
        if (oldest is not { } first || first > today) return;
        first = first < today.AddDays(1 - DaysScannedAgain) ? today.AddDays(1 - DaysScannedAgain) : first;
        foreach (var rule in rules)
        {
            var known = await reader.KnowledgeAsync(rule.Stream, today, knownAt: null, cancellationToken);
            var areas = await inputs.AreasAsync(rule, grid, cancellationToken);
            await TakeAsync(rule, await inputs.JudgeAsync(rule, areas, first, today, grid, known, outbreaks, cancellationToken), grid, known, now, cancellationToken);
        }
    }

    /// <summary>Raises what is new, the strongest first so that they get the budget, and brings up to date what was raised before.</summary>
    private async Task TakeAsync(DetectionRule rule, IReadOnlyList<JudgedDay> judged, Grid grid, Knowledge known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var days = judged.Where(day => day.Verdict.HasAnswer).OrderByDescending(day => day.Verdict.Score).ToArray();
        if (days.Length == 0) return;
        var (first, last) = (days.Min(day => day.Day), days.Max(day => day.Day));
        var raised = (await db.Alarms.Where(alarm => alarm.Rule == rule.Code && alarm.Day >= first && alarm.Day <= last).ToListAsync(cancellationToken))
            .ToDictionary(alarm => (alarm.Area, alarm.Day));
        if (raised.Count == 0 && !days.Any(day => day.Verdict.Alarm)) return;

        var context = new AlarmContext(db, grid, options.Value);
        foreach (var day in days)
        {
            var alarm = raised.GetValueOrDefault((day.Area, day.Day));
            if (alarm is null && !day.Verdict.Alarm) continue;
            if (alarm is not null && alarm.RuleVersion == rule.Version && Same(alarm, day)) continue;

            var isNew = alarm is null;
            alarm ??= new Alarm
            {
                Id = Guid.CreateVersion7(now), Stream = rule.Stream, Area = day.Area, Day = day.Day, Rule = rule.Code, Detector = rule.DetectorName, Department = rule.Department, RaisedAt = now,
            };
            var hash = AlarmJudgement.HashOf(rule, day.Area, day.Day, grid.Version, known.Revision, known.ZeroFrom, known.ZeroUntil, day.Outbreaks, day.Values, day.Verdict, day.Cluster, day.ClusterFrom);
            alarm.Review(rule.Version, day.Verdict, day.Values.AsSpan(0, day.Values.Length - 1), hash, now, day.Cluster, day.ClusterFrom);
            if (isNew) await context.RaiseAsync(alarm, cancellationToken);
            if (isNew) Raised(alarm.Id, alarm.Stream, alarm.Area, alarm.Day, alarm.Rule);
            db.Add(new AlarmJudgement
            {
                Hash = hash, AlarmId = alarm.Id, Rule = rule.Code, RuleVersion = rule.Version, Area = day.Area, Day = day.Day, Grid = grid.Version, Revision = known.Revision,
                ZeroFrom = known.ZeroFrom, ZeroUntil = known.ZeroUntil, Outbreaks = day.Outbreaks, IsAlarm = day.Verdict.Alarm, JudgedAt = now,
            });
        }
    }

    private static bool Same(Alarm alarm, JudgedDay day) =>
        alarm.Observed.Equals(day.Verdict.Observed) && alarm.Baseline.AsSpan().SequenceEqual(day.Values.AsSpan(0, day.Values.Length - 1)) && alarm.UnsupportedSince is null == day.Verdict.Alarm
        && alarm.Areas.SequenceEqual(day.Cluster ?? [day.Area]);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alarm {AlarmId} was raised: {Stream} in {Area} on {Day} by {Rule}")]
    private partial void Raised(Guid alarmId, SignalStream stream, string area, DateOnly day, string rule);
}
