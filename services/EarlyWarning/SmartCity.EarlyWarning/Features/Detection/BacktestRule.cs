using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Replays the past with a version of a rule: what it would have found, how soon, and how often it would have cried wolf.</summary>
internal static class BacktestRule
{
    private const int MostDays = 731;
    private const int MostValues = 8_000_000;
    private const int MostMonitored = 30_000;
    private const int MostScanned = 8_000_000;

    private static readonly BacktestView Example = new(
        Guid.Parse("019d0a3e-7c00-7000-8000-000000000004"), "cases-street-weekly", 1, new DateOnly(2024, 3, 18), new DateOnly(2026, 3, 15), 12, 1248, 31, 14, 0.0114, 2, 2, 7, 12, 9, 7,
        new DateOnly(2024, 5, 19), true,
        new RuleChange(new InForce(3, 40, 0.02, 2, 8), [new LessonEffect(Guid.Parse("019b0000-0000-7000-8000-000000000008"), WorkOnTasks.Example.EventId, new DateOnly(2025, 1, 19), new DateOnly(2025, 1, 12))]));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/rules/{code}/versions/{version:int}/backtests", RunAsync)
            .WithName("BacktestRule").WithTags("Rules")
            .WithSummary("Replays the past day by day: known outbreaks found and how late, made-up ones of known size laid over it, and false alarms; beside it the version in force, and what the version would have done in the events whose lessons asked for it. Without one that passed no version goes live.")
            .WithExample(new BacktestRequest(new DateOnly(2024, 3, 18), new DateOnly(2026, 3, 15)), Example)
            .Allow(Roles.HealthOfficer);
        features.MapGet("/rules/{code}/versions/{version:int}/backtests", ListAsync)
            .WithName("ListBacktests").WithTags("Rules").WithSummary("The backtests of a version, the newest first.")
            .WithExample(answer: new Page<BacktestView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<BacktestView>, Refusal>> RunAsync(
        string code, int version, BacktestRequest request, EarlyWarningDb db, SignalReader reader, RuleInputs inputs, Grids grids, ShowRuleChange change, IOptions<DetectionOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Rules.AsNoTracking().SingleOrDefaultAsync(r => r.Code == code && r.Version == version, cancellationToken) is not { } rule) return Refusal.NotFound("rule_unknown");
        var now = clock.GetUtcNow();
        var (from, until, today) = (request.From, request.Until, CityDay.Of(now));
        if (from > until || until > today || until.DayNumber - from.DayNumber >= MostDays || from.Year < 1900) return Refusal.Invalid("period_invalid", "from", MostDays);

        var step = rule.Series.DaysPerValue;
        var inForce = await change.InForceAsync(rule, cancellationToken);
        var history = Math.Max(rule.Series.Reach, inForce?.Series.Reach ?? 0);
        // Weeks end on Sunday.
        if (step == 7) (from, until) = (RuleSeries.LastSundayBefore(from.AddDays(7)).AddDays(-6), RuleSeries.LastSundayBefore(until.AddDays(1)));
        var judged = ((until.DayNumber - from.DayNumber) / step) + 1;
        var first = from.AddDays(-history * step);
        var grid = await grids.CurrentAsync(cancellationToken);
        var delivered = await db.Series.CountAsync(s => s.Stream == rule.Stream && (rule.Kind == null || s.Kind == rule.Kind), cancellationToken);
        var areas = await inputs.AreasAsync(rule, grid, cancellationToken);
        var days = until.DayNumber - first.DayNumber + 1;
        // Whoever judges together begins anew for every value, with all areas or all pairs of them.
        var most = rule.Detector switch { DetectorKind.OutbreakMonitor => MostMonitored / Math.Max(1, areas.Count), DetectorKind.SpaceTimeScan => MostScanned / Math.Max(1, areas.Count * areas.Count), _ => int.MaxValue };
        if (judged < 1 || judged > most || (long)delivered * days > MostValues) return Refusal.Invalid("backtest_too_large", "from", Math.Min((long)most * Math.Max(1, areas.Count), MostValues));

        var knowledge = await reader.KnowledgeAsync(rule.Stream, today, knownAt: null, cancellationToken);
        var read = await reader.ReadAsync(rule.Stream, rule.Kind, areas, grid, first, days, knowledge, cancellationToken);
        var outbreaks = await db.Outbreaks.AsNoTracking().Where(outbreak => outbreak.Stream == rule.Stream && !outbreak.IsWithdrawn).ToListAsync(cancellationToken);
        double[][] series = [.. areas.Select(area => step == 1 ? read[area] : RuleSeries.ByWeek(read[area]))];
        bool[]?[] known = [.. areas.Select((area, index) => Known(area, series[index].Length))];
        var places = RuleInputs.Places(areas, grid);
        var result = Backtest.Run(rule.Series, series, history, known, seed: version, places);
        var before = inForce is null ? null : Backtest.Run(inForce.Series, series, history, known, seed: version, places);

        var firstAlarm = result.FirstAlarms.Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        var test = new RuleBacktest
        {
            Id = Guid.CreateVersion7(now), Code = code, Version = version, From = from, Until = until, RunAt = now, Areas = areas.Count, Judged = result.Judged, Alarms = result.Alarms,
            FalseAlarms = result.FalseAlarms, FalseAlarmRate = result.FalseAlarmRate, KnownOutbreaks = result.KnownOutbreaks, KnownDetected = result.KnownDetected,
            KnownDelayDays = Days(result.KnownDelay), Injected = result.Injected, InjectedDetected = result.InjectedDetected, InjectedDelayDays = Days(result.InjectedDelay),
            FirstAlarm = firstAlarm < 0 ? null : first.AddDays(((firstAlarm + 1) * step) - 1),
            Passed = result.Judged >= options.Value.FewestJudged && result.FalseAlarmRate <= options.Value.LargestFalseAlarmRate
                && (result.Injected == 0 || result.Sensitivity >= options.Value.SmallestSensitivity),
            Change = new RuleChange(
                before is null ? null : new InForce(inForce!.Version, before.Alarms, before.FalseAlarmRate, before.KnownDetected, before.InjectedDetected),
                await change.LessonsAsync(rule, grid, today, cancellationToken)),
        };
        db.Add(test);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(BacktestView.Of(test));

        double? Days(double values) => double.IsNaN(values) ? null : values * step;

        bool[]? Known(string area, int length)
        {
            KnownOutbreak[] mine = [.. outbreaks.Where(outbreak => grid.Covers(outbreak.Area, area))];
            return mine.Length == 0 ? null : [.. Enumerable.Range(0, length).Select(at => mine.Any(outbreak =>
                outbreak.From <= first.AddDays(((at + 1) * step) - 1) && outbreak.Until >= first.AddDays(at * step)))];
        }
    }

    private static async Task<Results<Ok<Page<BacktestView>>, Refusal>> ListAsync(
        string code, int version, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var tests = await db.Backtests.AsNoTracking().Where(test => test.Code == code && test.Version == version && (after == null || test.Id < after))
            .OrderByDescending(test => test.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<BacktestView>.From([.. tests.Select(BacktestView.Of)], page.Take, test => test.BacktestId.ToString()));
    }

    /// <param name="From">The first day that is judged; what is known before it is history.</param>
    /// <param name="Until">The last day that is judged, included; at most 731 days.</param>
    internal sealed record BacktestRequest(DateOnly From, DateOnly Until);

    /// <param name="BacktestId">The backtest.</param>
    /// <param name="Rule">The rule.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="From">The first day judged.</param>
    /// <param name="Until">The last day judged.</param>
    /// <param name="Areas">Areas judged.</param>
    /// <param name="Judged">Days, or weeks, for which the rule had an answer.</param>
    /// <param name="Alarms">Alarms among them.</param>
    /// <param name="FalseAlarms">Alarms outside of known outbreaks.</param>
    /// <param name="FalseAlarmRate">False alarms per day or week judged outside of known outbreaks.</param>
    /// <param name="KnownOutbreaks">Known outbreaks in that time, counted per area.</param>
    /// <param name="KnownDetected">Those found.</param>
    /// <param name="KnownDelayDays">Median days to the first alarm in them; absent without any.</param>
    /// <param name="Injected">Made-up outbreaks laid over the past (Noufaily et al. 2013).</param>
    /// <param name="InjectedDetected">Those found.</param>
    /// <param name="InjectedDelayDays">Median days to the first alarm in them; absent without any.</param>
    /// <param name="FirstAlarm">The first day with an alarm; absent without any.</param>
    /// <param name="Passed">Whether the version may go live.</param>
    /// <param name="Change">What it changes.</param>
    internal sealed record BacktestView(
        Guid BacktestId, string Rule, int Version, DateOnly From, DateOnly Until, int Areas, int Judged, int Alarms, int FalseAlarms, double FalseAlarmRate, int KnownOutbreaks, int KnownDetected,
        double? KnownDelayDays, int Injected, int InjectedDetected, double? InjectedDelayDays, DateOnly? FirstAlarm, bool Passed, RuleChange Change)
    {
        public static BacktestView Of(RuleBacktest test) => new(
            test.Id, test.Code, test.Version, test.From, test.Until, test.Areas, test.Judged, test.Alarms, test.FalseAlarms, test.FalseAlarmRate, test.KnownOutbreaks, test.KnownDetected,
            test.KnownDelayDays, test.Injected, test.InjectedDetected, test.InjectedDelayDays, test.FirstAlarm, test.Passed, test.Change);
    }
}
