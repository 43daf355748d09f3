using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>What a version of a rule changes: over the same past as the version in force, and in the very events whose lessons asked for the change.</summary>
internal sealed class ShowRuleChange(EarlyWarningDb db, RuleInputs inputs, SignalReader reader, IOptions<DetectionOptions> options)
{
    private const int MostLessons = 100;

    /// <summary>The version in force that judges the same series in the same steps; null where there is none to compare with.</summary>
    public async Task<DetectionRule?> InForceAsync(DetectionRule rule, CancellationToken cancellationToken)
    {
        var live = await db.Rules.AsNoTracking().SingleOrDefaultAsync(other => other.Code == rule.Code && other.State == RuleState.Live && other.Version != rule.Version, cancellationToken);
        return live is not null && (live.Stream, live.Kind, live.Level, live.Series.DaysPerValue) == (rule.Stream, rule.Kind, rule.Level, rule.Series.DaysPerValue) ? live : null;
    }

    /// <summary>For each lesson about the rule, when its event was noticed and when the version would have noticed it, with what is known today.</summary>
    public async Task<IReadOnlyList<LessonEffect>> LessonsAsync(DetectionRule rule, Grid grid, DateOnly today, CancellationToken cancellationToken)
    {
        var lessons = await db.Lessons.AsNoTracking()
            .Where(lesson => lesson.TargetKey == rule.Code && lesson.Target != LessonTarget.Plan && lesson.State != LessonState.Dropped)
            .OrderByDescending(lesson => lesson.Id).Take(MostLessons)
            // A drill has no signals.
            .Join(db.Events.Where(happening => !happening.IsExercise), lesson => lesson.EventId, happening => happening.Id, (lesson, happening) => new { Lesson = lesson, Event = happening })
            .ToListAsync(cancellationToken);
        if (lessons.Count == 0) return [];

        var outbreaks = await db.Outbreaks.AsNoTracking().Where(outbreak => !outbreak.IsWithdrawn).ToListAsync(cancellationToken);
        var knowledge = await reader.KnowledgeAsync(rule.Stream, today, knownAt: null, cancellationToken);
        var judged = await inputs.AreasAsync(rule, grid, cancellationToken);
        var effects = new List<LessonEffect>();
        foreach (var pair in lessons)
        {
            var happening = pair.Event;
            var noticed = await db.Alarms.Where(alarm => alarm.EventId == happening.Id && alarm.Rule == rule.Code).MinAsync(alarm => (DateOnly?)alarm.Day, cancellationToken);
            var areas = judged.Where(area => grid.Covers(area, happening.Area) || grid.Covers(happening.Area, area)).ToArray();
            effects.Add(new LessonEffect(pair.Lesson.Id, happening.Id, noticed, await FirstAlarmAsync(rule, areas, happening, grid, knowledge, outbreaks, today, cancellationToken)));
        }

        return effects;
    }

    private async Task<DateOnly?> FirstAlarmAsync(
        DetectionRule rule, string[] areas, CityEvent happening, Grid grid, Knowledge knowledge, List<KnownOutbreak> outbreaks, DateOnly today, CancellationToken cancellationToken)
    {
        var (first, last) = (happening.FirstDay.AddDays(-options.Value.EventGapDays), happening.LastDay < today ? happening.LastDay : today);
        // Weeks end on Sunday, and only whole ones are judged.
        if (rule.Series.DaysPerValue == 7) (first, last) = (RuleSeries.LastSundayBefore(first.AddDays(7)), RuleSeries.LastSundayBefore(last.AddDays(1)));
        if (areas.Length == 0 || first > last) return null;
        var days = await inputs.JudgeAsync(rule, areas, first, last, grid, knowledge, outbreaks, cancellationToken);
        return days.Where(day => day.Verdict.Alarm).Select(day => (DateOnly?)day.Day).Min();
    }
}
