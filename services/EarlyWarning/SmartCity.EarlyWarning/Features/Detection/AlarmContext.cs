using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>What a new alarm is weighed against: earlier alarms and open events of its department.</summary>
internal sealed class AlarmContext(EarlyWarningDb db, Grid grid, DetectionOptions options)
{
    private readonly Dictionary<string, List<Alarm>> alarms = [];
    private List<CityEvent>? events;

    /// <summary>Adds the alarm, held or calling, to its event.</summary>
    public async Task RaiseAsync(Alarm alarm, CancellationToken cancellationToken)
    {
        if (!alarms.TryGetValue(alarm.Department, out var before))
        {
            var since = alarm.RaisedAt.AddDays(-Math.Max(options.FlapDays, 7) - options.DaysJudgedAgain);
            var stored = await db.Alarms.Where(other => other.Department == alarm.Department && other.RaisedAt > since).ToListAsync(cancellationToken);
            alarms[alarm.Department] = before = [.. stored.Union(db.Alarms.Local.Where(other => other.Department == alarm.Department))];
        }

        events ??= [.. (await db.Events.Where(happening => happening.State != EventState.Dismissed && happening.State != EventState.Closed).ToListAsync(cancellationToken)).Union(db.Events.Local)];
        alarm.Hold = AlarmPolicy.Judge(alarm, before, options);
        var happening = AlarmPolicy.EventOf(alarm, events, grid, options);
        if (happening is null && alarm.Hold == Hold.None)
        {
            happening = new CityEvent
            {
                Id = Guid.CreateVersion7(alarm.RaisedAt), Area = alarm.Area, Department = alarm.Department, OpenedAt = alarm.RaisedAt, FirstDay = alarm.Day, LastDay = alarm.Day,
            };
            db.Add(happening);
            events.Add(happening);
        }

        if (happening is not null && alarm.Hold != Hold.Budget)
        {
            alarm.EventId = happening.Id;
            happening.FirstDay = alarm.Day < happening.FirstDay ? alarm.Day : happening.FirstDay;
            happening.LastDay = alarm.Day > happening.LastDay ? alarm.Day : happening.LastDay;
        }

        db.Add(alarm);
        before.Add(alarm);
    }
}
