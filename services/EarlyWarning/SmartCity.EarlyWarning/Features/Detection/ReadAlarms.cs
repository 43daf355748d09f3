using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read what was out of the ordinary, and why.</summary>
internal static class ReadAlarms
{
    private const string ExampleHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly AlarmView Example = new(
        Guid.Parse("019d0a3e-7c00-7000-8000-000000000002"), SignalStream.Cases, "3123N12147E", new DateOnly(2026, 3, 20), "cases-cell", 1, "ears-c2", "health-commission", 6, [0, 1, 0, 0, 2, 0, 0, 1, 0],
        0.43, 3.52, 1.8, "6 observed; 0.43 would have been ordinary, up to 3.52", "监测到 6，正常约 0.43，上限 3.52", null, null, Hold.None, Guid.Parse("019d0a3e-7c00-7000-8000-000000000005"), ExampleHash,
        new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), null);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/alarms", ListAsync)
            .WithName("ListAlarms").WithTags("Alarms").WithSummary("Days that were out of the ordinary, the newest alarm first: all, or those of one event; held ones too, with the reason.")
            .WithExample(answer: new Page<AlarmView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/alarms/{id:guid}", ShowAsync)
            .WithName("ShowAlarm").WithTags("Alarms").WithSummary("One alarm with the values and figures that it rests on.")
            .WithExample(answer: Example)
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/judgements/{hash}", RecomputeAsync)
            .WithName("RecomputeJudgement").WithTags("Alarms")
            .WithSummary("Makes the judgement behind a hash again, from the values as they were known then and the version of the rule, and says whether it comes out the same.")
            .WithExample(answer: new Recomputation(ExampleHash, true, Example.AlarmId, "cases-cell", 1, "3123N12147E", Example.Day, 4711, Example.Baseline, 6, 0.43, 3.52, 1.8, true))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<Page<AlarmView>>, Refusal>> ListAsync([FromQuery(Name = "event")] Guid? eventId, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var alarms = await db.Alarms.AsNoTracking()
            .Where(alarm => (after == null || alarm.Id < after) && (eventId == null || alarm.EventId == eventId))
            .OrderByDescending(alarm => alarm.Id)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<AlarmView>.From([.. alarms.Select(AlarmView.Of)], page.Take, alarm => alarm.AlarmId.ToString()));
    }

    private static async Task<Results<Ok<AlarmView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await db.Alarms.AsNoTracking().SingleOrDefaultAsync(alarm => alarm.Id == id, cancellationToken) is { } alarm
            ? TypedResults.Ok(AlarmView.Of(alarm))
            : Refusal.NotFound("alarm_unknown");

    private static async Task<Results<Ok<Recomputation>, Refusal>> RecomputeAsync(string hash, EarlyWarningDb db, RuleInputs inputs, Grids grids, CancellationToken cancellationToken)
    {
        if (await db.Judgements.AsNoTracking().SingleOrDefaultAsync(judgement => judgement.Hash == hash, cancellationToken) is not { } made) return Refusal.NotFound("judgement_unknown");
        var rule = await db.Rules.AsNoTracking().SingleAsync(r => r.Code == made.Rule && r.Version == made.RuleVersion, cancellationToken);
        var outbreaks = await db.Outbreaks.AsNoTracking().Where(outbreak => made.Outbreaks.Contains(outbreak.Id)).ToListAsync(cancellationToken);
        var known = new Knowledge(made.Revision, made.ZeroFrom, made.ZeroUntil);
        var again = (await inputs.JudgeAsync(rule, [made.Area], made.Day, made.Day, await grids.OfAsync(made.Grid, cancellationToken), known, outbreaks, cancellationToken))[^1];
        var now = AlarmJudgement.HashOf(rule, made.Area, made.Day, made.Grid, made.Revision, made.ZeroFrom, made.ZeroUntil, again.Outbreaks, again.Values, again.Verdict, again.Cluster, again.ClusterFrom);
        return TypedResults.Ok(new Recomputation(
            hash, now == hash, made.AlarmId, made.Rule, made.RuleVersion, Area.Cell(made.Area), made.Day, made.Revision, Known(again.Values[..^1]), again.Verdict.Observed, again.Verdict.Expected,
            again.Verdict.UpperBound, Finite(again.Verdict.Score), again.Verdict.Alarm));
    }

    private static IReadOnlyList<double?> Known(IEnumerable<double> values) => [.. values.Select(value => double.IsNaN(value) ? (double?)null : value)];

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <param name="AlarmId">The alarm.</param>
    /// <param name="Stream">What was observed.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    /// <param name="Day">The day, or the last day of the week, that was out of the ordinary.</param>
    /// <param name="Rule">The rule that fired, or <c>silent-feed</c> or <c>reporting-incomplete</c> with the stream.</param>
    /// <param name="RuleVersion">Its version.</param>
    /// <param name="Detector">The method, for example <c>ears-c2</c>.</param>
    /// <param name="Department">Whose alarm it is.</param>
    /// <param name="Observed">The value as now known; hours of silence for <c>silent-feed</c>, the share that reported for <c>reporting-incomplete</c>.</param>
    /// <param name="Baseline">The values before it that it was judged by, the oldest first; null where nothing was observed or an outbreak is known.</param>
    /// <param name="Expected">What would have been ordinary.</param>
    /// <param name="UpperBound">More than this is out of the ordinary.</param>
    /// <param name="Score">How far the value is on the way from expected (0) to bound (1).</param>
    /// <param name="ExplanationEn">The figures in words, English.</param>
    /// <param name="ExplanationZh">The figures in words, Chinese.</param>
    /// <param name="Cluster">The cells or areas of the cluster that it is about, which together have the observed value; absent for an alarm about its own area alone.</param>
    /// <param name="ClusterFrom">The cluster's first day.</param>
    /// <param name="Hold">Why nobody was called; none if the department was.</param>
    /// <param name="EventId">The event that it belongs to; absent for one that nobody is told of.</param>
    /// <param name="Hash">Recomputes it: <c>/judgements/{hash}</c>; absent for alarms about feeds.</param>
    /// <param name="RaisedAt">When, UTC.</param>
    /// <param name="UnsupportedSince">Since when later news no longer bears the alarm out, UTC; absent while it stands.</param>
    internal sealed record AlarmView(
        Guid AlarmId, SignalStream Stream, string? Cell, DateOnly Day, string Rule, int RuleVersion, string Detector, string Department, double Observed, IReadOnlyList<double?> Baseline,
        double Expected, double UpperBound, double Score, string ExplanationEn, string ExplanationZh, IReadOnlyList<string>? Cluster, DateOnly? ClusterFrom, Hold Hold, Guid? EventId, string? Hash, DateTimeOffset RaisedAt, DateTimeOffset? UnsupportedSince)
    {
        public static AlarmView Of(Alarm alarm) => new(
            alarm.Id, alarm.Stream, Area.Cell(alarm.Area), alarm.Day, alarm.Rule, alarm.RuleVersion, alarm.Detector, alarm.Department, alarm.Observed, Known(alarm.Baseline), alarm.Expected,
            alarm.UpperBound, alarm.Score, English(alarm), Chinese(alarm), alarm.Cluster, alarm.ClusterFrom, alarm.Hold, alarm.EventId, alarm.Hash, alarm.RaisedAt, alarm.UnsupportedSince);

        private static string English(Alarm alarm) => alarm.Detector switch
        {
            Alarm.SilentFeed => Text($"nothing heard for {alarm.Observed} hours; {alarm.UpperBound} would have been ordinary"),
            Alarm.Incomplete => Text($"{alarm.Observed:P0} of those who usually report have reported; at least {alarm.UpperBound:P0} are needed"),
            _ when alarm.Cluster is { } cluster =>
                Text($"{alarm.Observed:0.##} observed in {cluster.Length} neighbouring areas since {alarm.ClusterFrom:yyyy-MM-dd}; {alarm.Expected:0.##} would have been ordinary, up to {alarm.UpperBound:0.##}"),
            _ => Text($"{alarm.Observed:0.##} observed; {alarm.Expected:0.##} would have been ordinary, up to {alarm.UpperBound:0.##}"),
        };

        private static string Chinese(Alarm alarm) => alarm.Detector switch
        {
            Alarm.SilentFeed => Text($"已 {alarm.Observed} 小时未收到数据，正常不超过 {alarm.UpperBound} 小时"),
            Alarm.Incomplete => Text($"平常报送的单位中仅 {alarm.Observed:P0} 已报送，至少应为 {alarm.UpperBound:P0}"),
            _ when alarm.Cluster is { } cluster =>
                Text($"自 {alarm.ClusterFrom:yyyy-MM-dd} 起，相邻 {cluster.Length} 个区域共监测到 {alarm.Observed:0.##}，正常约 {alarm.Expected:0.##}，上限 {alarm.UpperBound:0.##}"),
            _ => Text($"监测到 {alarm.Observed:0.##}，正常约 {alarm.Expected:0.##}，上限 {alarm.UpperBound:0.##}"),
        };

        private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="Hash">The judgement.</param>
    /// <param name="Same">Whether it comes out the same to the last digit.</param>
    /// <param name="AlarmId">The alarm that it is about.</param>
    /// <param name="Rule">The rule.</param>
    /// <param name="RuleVersion">The version that judged.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    /// <param name="Day">The day judged.</param>
    /// <param name="Revision">What was known: values up to this revision.</param>
    /// <param name="Baseline">The values before it, the oldest first; null where nothing was observed or an outbreak is known.</param>
    /// <param name="Observed">The value as then known.</param>
    /// <param name="Expected">What would have been ordinary.</param>
    /// <param name="UpperBound">The bound.</param>
    /// <param name="Score">How far the value is on the way from expected (0) to bound (1); absent where both are the same.</param>
    /// <param name="IsAlarm">The verdict.</param>
    internal sealed record Recomputation(
        string Hash, bool Same, Guid AlarmId, string Rule, int RuleVersion, string? Cell, DateOnly Day, long Revision, IReadOnlyList<double?> Baseline, double Observed, double Expected, double UpperBound,
        double? Score, bool IsAlarm);
}
