using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A feed that has fallen silent, and a day that too few have reported, are alarms themselves: otherwise they look like good news.</summary>
internal sealed class WatchFeeds(EarlyWarningDb db, Grids grids, IOptions<DetectionOptions> options)
{
    private const int DaysOfFeeds = 28;
    private const int DaysBefore = 7;
    private const int UsualDays = 4;
    private const int FewestSeries = 5;
    private const int ReportsAreInBy = 12;

    /// <summary>Looks at every feed; saves nothing.</summary>
    public async Task LookAsync(DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var context = new AlarmContext(db, await grids.CurrentAsync(cancellationToken), options.Value);
        foreach (var stream in Enum.GetValues<SignalStream>().Where(stream => StreamShape.Of(stream).LongestSilence is not null))
        {
            await LookForSilenceAsync(stream, context, today, now, cancellationToken);
            if (!StreamShape.Of(stream).HasOwnFeed) await LookForGapsAsync(stream, context, today, now, cancellationToken);
        }
    }

    private async Task LookForSilenceAsync(SignalStream stream, AlarmContext context, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddDays(-DaysOfFeeds);
        var feeds = await db.Revisions.Where(revision => revision.Stream == stream && revision.KnownAt > since && revision.KnownAt <= now)
            .GroupBy(revision => revision.Feed).Select(feed => new { Feed = feed.Key, Heard = feed.Max(revision => revision.KnownAt) }).ToListAsync(cancellationToken);
        foreach (var feed in feeds)
        {
            var limit = StreamShape.Of(stream).LongestSilence!.Value.TotalHours;
            var hours = (now - feed.Heard).TotalHours;
            var verdict = new Verdict(Math.Floor(hours), 0, limit, hours / limit, double.NaN, hours > limit);
            await StandAsync($"{Alarm.SilentFeed}:{stream}:{feed.Feed}", Alarm.SilentFeed, stream, today, verdict, context, now, cancellationToken);
        }
    }

    private async Task LookForGapsAsync(SignalStream stream, AlarmContext context, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Reports of yesterday come in until noon.
        var day = today.AddDays(now.ToOffset(CityDay.Offset).Hour < ReportsAreInBy ? -2 : -1);
        var (from, at, until) = (CityDay.Start(day.AddDays(-DaysBefore)), CityDay.Start(day), CityDay.Start(day.AddDays(1)));
        var reports = await (from series in db.Series
                             join value in db.Values on series.Id equals value.Series
                             where series.Stream == stream && value.At >= @from && value.At < until && value.Value != null
                             select new { series.Id, value.At }).Distinct().ToListAsync(cancellationToken);
        var usual = reports.Where(report => report.At < at).GroupBy(report => report.Id)
            .Where(series => series.Select(report => CityDay.Of(report.At)).Distinct().Count() >= UsualDays).Select(series => series.Key).ToHashSet();
        if (usual.Count < FewestSeries) return;
        var share = (double)usual.Count(id => reports.Any(report => report.Id == id && report.At >= at)) / usual.Count;
        var verdict = new Verdict(Math.Round(share, 3), 1, DailySeries.EnoughReporting, (1 - share) / (1 - DailySeries.EnoughReporting), double.NaN, share < DailySeries.EnoughReporting);
        await StandAsync($"{Alarm.Incomplete}:{stream}", Alarm.Incomplete, stream, day, verdict, context, now, cancellationToken);
    }

    /// <summary>One alarm stands for a fault until it is mended.</summary>
    private async Task StandAsync(
        string rule, string detector, SignalStream stream, DateOnly day, Verdict verdict, AlarmContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var standing = await db.Alarms.Where(alarm => alarm.Rule == rule && alarm.UnsupportedSince == null).ToListAsync(cancellationToken);
        if (!verdict.Alarm) standing.ForEach(alarm => alarm.Withdraw(now));
        // A fault that came back on the day on which it was mended is the same.
        if (!verdict.Alarm || standing.Count > 0 || await db.Alarms.AnyAsync(alarm => alarm.Rule == rule && alarm.Day == day, cancellationToken)) return;
        var raised = new Alarm
        {
            Id = Guid.CreateVersion7(now), Stream = stream, Area = Area.City, Day = day, Rule = rule, Detector = detector, Department = options.Value.FeedDepartment, RaisedAt = now,
        };
        raised.Review(ruleVersion: 0, verdict, baseline: [], hash: null, now);
        await context.RaiseAsync(raised, cancellationToken);
    }
}
