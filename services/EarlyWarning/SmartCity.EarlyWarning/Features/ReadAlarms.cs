using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read what was out of the ordinary, and why.</summary>
internal static class ReadAlarms
{
    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/alarms", ListAsync)
            .WithName("ListAlarms").WithTags("Alarms").WithSummary("Days that were out of the ordinary, the newest alarm first.")
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/alarms/{id:guid}", ShowAsync)
            .WithName("ShowAlarm").WithTags("Alarms").WithSummary("One alarm with the counts and figures that it rests on.")
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<Page<AlarmView>>, Refusal>> ListAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var alarms = await db.Alarms.AsNoTracking()
            .Where(alarm => after == null || alarm.Id < after)
            .OrderByDescending(alarm => alarm.Id)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<AlarmView>.From([.. alarms.Select(AlarmView.Of)], page.Take, alarm => alarm.AlarmId.ToString()));
    }

    private static async Task<Results<Ok<AlarmView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await db.Alarms.AsNoTracking().SingleOrDefaultAsync(alarm => alarm.Id == id, cancellationToken) is { } alarm
            ? TypedResults.Ok(AlarmView.Of(alarm))
            : Refusal.NotFound("alarm_unknown");

    /// <param name="AlarmId">The alarm.</param>
    /// <param name="Stream">What was counted.</param>
    /// <param name="Cell">Where; absent for the whole city.</param>
    /// <param name="Day">The day that was out of the ordinary.</param>
    /// <param name="Detector">The method, for example <c>ears-c2</c>: seven days, then two left out, then the day itself.</param>
    /// <param name="Observed">The day's count as now known.</param>
    /// <param name="Baseline">The seven days it is compared with, the oldest first; days that were not observed are absent.</param>
    /// <param name="Mean">Their mean.</param>
    /// <param name="Sigma">Their standard deviation, not below the floor of the rule.</param>
    /// <param name="UpperBound">More than this is out of the ordinary.</param>
    /// <param name="RaisedAt">When, UTC.</param>
    /// <param name="UnsupportedSince">Since when later news no longer bears the alarm out, UTC; absent while it stands.</param>
    internal sealed record AlarmView(
        Guid AlarmId, SignalStream Stream, string? Cell, DateOnly Day, string Detector, int Observed, IReadOnlyList<double> Baseline, double Mean, double Sigma,
        double UpperBound, DateTimeOffset RaisedAt, DateTimeOffset? UnsupportedSince)
    {
        public static AlarmView Of(Alarm alarm) => new(
            alarm.Id, alarm.Stream, Area.Cell(alarm.Area), alarm.Day, alarm.Detector, alarm.Observed, [.. alarm.Baseline.Where(double.IsFinite)], alarm.Mean,
            alarm.Sigma, alarm.UpperBound, alarm.RaisedAt, alarm.UnsupportedSince);
    }
}
