using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>Decides whom an alarm calls, and which event it belongs to. A department that is called for everything looks at nothing.</summary>
internal static class AlarmPolicy
{
    private const int BudgetDays = 7;

    /// <param name="alarm">The new alarm.</param>
    /// <param name="before">Alarms of the same department, in any order.</param>
    public static Hold Judge(Alarm alarm, IReadOnlyCollection<Alarm> before, DetectionOptions options)
    {
        var same = before.Where(other => other.Rule == alarm.Rule && other.Area == alarm.Area).ToArray();
        if (Beginnings(same, alarm.Day, options.FlapDays) >= options.FlapLimit) return Hold.Flapping;
        if (same.Any(other => other.Hold == Hold.None && Math.Abs(other.Day.DayNumber - alarm.Day.DayNumber) <= options.CoolDownDays)) return Hold.CoolDown;
        var called = before.Count(other => other.Hold == Hold.None && other.RaisedAt > alarm.RaisedAt.AddDays(-BudgetDays));
        return called >= options.BudgetOf(alarm.Department) ? Hold.Budget : Hold.None;
    }

    /// <summary>The open event that the alarm belongs to; null if it is the first of its own.</summary>
    public static CityEvent? EventOf(Alarm alarm, IEnumerable<CityEvent> events, Grid grid, DetectionOptions options) => events
        .Where(happening => happening.IsOpen && !happening.IsExercise && happening.Department == alarm.Department
            && alarm.Day >= happening.FirstDay.AddDays(-options.EventGapDays) && alarm.Day <= happening.LastDay.AddDays(options.EventGapDays)
            && alarm.Areas.Any(area => AreNear(happening.Area, area, grid)))
        .OrderBy(happening => happening.OpenedAt).FirstOrDefault();

    /// <summary>One lies in the other, or they are cells side by side.</summary>
    private static bool AreNear(string one, string other, Grid grid) =>
        grid.Covers(one, other) || grid.Covers(other, one)
        || (GridCell.TryParse(one, out var a) && GridCell.TryParse(other, out var b) && Math.Abs(a.South - b.South) <= 1 && Math.Abs(a.West - b.West) <= 1);

    /// <summary>How often the rule began to alarm: days with an alarm whose day before had none.</summary>
    private static int Beginnings(IEnumerable<Alarm> alarms, DateOnly day, int within)
    {
        var days = alarms.Select(alarm => alarm.Day).Where(other => other < day && other > day.AddDays(-within)).ToHashSet();
        return days.Count(other => !days.Contains(other.AddDays(-1)));
    }
}
