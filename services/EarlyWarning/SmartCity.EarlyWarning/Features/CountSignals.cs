using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Adds a fact to the signals of its cell and of the city, and judges the days that it changes; all in the consumer's one transaction.</summary>
internal sealed partial class CountSignals(EarlyWarningDb db, IOptions<DetectionRules> rules, TimeProvider clock, ILogger<CountSignals> logger)
{
    /// <summary>Counts what an event states.</summary>
    public Task StateAsync(SignalStream stream, string key, string? cell, DateTimeOffset at, int value, DateTimeOffset asOf, CancellationToken cancellationToken) =>
        ApplyAsync(stream, key, cell, fact => fact.State(cell, CityDay.Of(at), value, asOf), cancellationToken);

    /// <summary>No longer counts what an event takes back.</summary>
    public Task WithdrawAsync(SignalStream stream, string key, string? cell, DateTimeOffset asOf, CancellationToken cancellationToken) =>
        ApplyAsync(stream, key, cell, fact => fact.Withdraw(asOf), cancellationToken);

    private async Task ApplyAsync(SignalStream stream, string key, string? cell, Func<SignalFact, bool> change, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // One writer per stream: sums and alarms are made from what all earlier writers left.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockOf(stream)})", cancellationToken);

        var fact = await db.Facts.FindAsync([stream, key], cancellationToken) ?? db.Add(new SignalFact { Stream = stream, Key = key, Cell = cell }).Entity;
        var changed = change(fact);
        await db.SaveChangesAsync(cancellationToken);
        if (changed && fact.Day is { } day)
        {
            await CountAsync(stream, Area.City, day, cancellationToken);
            if (fact.Cell is { } area) await CountAsync(stream, area, day, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task CountAsync(SignalStream stream, string area, DateOnly day, CancellationToken cancellationToken)
    {
        var facts = db.Facts.Where(fact => fact.Stream == stream && fact.Day == day);
        if (area != Area.City) facts = facts.Where(fact => fact.Cell == area);
        var signal = await db.Signals.FindAsync([stream, area, day], cancellationToken) ?? db.Add(new SignalDay { Stream = stream, Area = area, Day = day }).Entity;
        signal.Value = await facts.SumAsync(fact => fact.Value, cancellationToken);

        if (rules.Value.For(stream) is { } rule) await JudgeAsync(rule, area, signal, cancellationToken);
    }

    /// <summary>Judges the changed day and the days after it in whose baseline it lies.</summary>
    private async Task JudgeAsync(DetectionRule rule, string area, SignalDay changed, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (first, last) = (changed.Day.AddDays(-DetectionRule.Reach), changed.Day.AddDays(DetectionRule.Reach));
        if (last > CityDay.Of(now)) last = CityDay.Of(now);
        if (last < changed.Day) return;

        // A city that observes at all hears of what happens: a day without an event is a zero, but not before the first day of all.
        var opened = await db.Signals.MinAsync(signal => (DateOnly?)signal.Day, cancellationToken) ?? changed.Day;
        var counts = await db.Signals.AsNoTracking()
            .Where(signal => signal.Stream == rule.Stream && signal.Area == area && signal.Day >= first && signal.Day <= last)
            .ToDictionaryAsync(signal => signal.Day, signal => signal.Value, cancellationToken);
        counts[changed.Day] = changed.Value;
        var alarms = await db.Alarms
            .Where(alarm => alarm.Stream == rule.Stream && alarm.Area == area && alarm.Day >= changed.Day && alarm.Day <= last && alarm.Detector == Alarm.EarsC2)
            .ToDictionaryAsync(alarm => alarm.Day, cancellationToken);

        var series = Enumerable.Range(first.DayNumber, last.DayNumber - first.DayNumber + 1).Select(DateOnly.FromDayNumber)
            .Select(day => counts.TryGetValue(day, out var count) ? count : day < opened ? double.NaN : 0)
            .ToArray();
        for (var day = changed.Day; day <= last; day = day.AddDays(1))
        {
            if (rule.Judge(series.AsSpan(day.DayNumber - first.DayNumber - DetectionRule.Reach, DetectionRule.Reach + 1)) is not { } finding) continue;
            if (alarms.TryGetValue(day, out var alarm)) alarm.Review(finding, now);
            else if (finding.IsAlarm) Raise(rule.Stream, area, day, finding, now);
        }
    }

    private void Raise(SignalStream stream, string area, DateOnly day, Finding finding, DateTimeOffset now)
    {
        var alarm = new Alarm { Id = Guid.CreateVersion7(now), Stream = stream, Area = area, Day = day, Detector = Alarm.EarsC2, RaisedAt = now };
        alarm.Review(finding, now);
        db.Add(alarm);
        Raised(alarm.Id, stream, area, day);
    }

    /// <summary>The streams' lock numbers; the high half keeps them apart from locks of others in this database.</summary>
    private static long LockOf(SignalStream stream) => (0x51674E41L << 32) | (uint)stream;

    [LoggerMessage(Level = LogLevel.Information, Message = "Alarm {AlarmId} was raised: {Stream} in {Area} on {Day}")]
    private partial void Raised(Guid alarmId, SignalStream stream, string area, DateOnly day);
}
