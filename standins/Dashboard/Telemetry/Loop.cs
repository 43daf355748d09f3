using SmartCity.Dashboard.Charts;

namespace SmartCity.Dashboard.Telemetry;

/// <summary>How the city's loop is doing, from what its services measure.</summary>
internal sealed record Loop(
    DateTimeOffset From, DateTimeOffset Now, Requests Requests, double? CheckIns, IReadOnlyList<Line> CheckInsOverTime, IReadOnlyList<(string Color, double Count)> Codes,
    double Waiting, double OldestWaits, double Dead, IReadOnlyList<(string Queue, double Messages)> Backlog, IReadOnlyList<(string Queue, double Messages)> Failed, double? OpenAlarms, IReadOnlyList<ServiceLoop> Services)
{
    private static readonly TimeSpan s_lately = TimeSpan.FromMinutes(1), s_shown = TimeSpan.FromMinutes(15);
    private static readonly string[] s_colors = ["Green", "Yellow", "Red"];

    public static Loop Of(IReadOnlyCollection<Instrument> all, DateTimeOffset now)
    {
        var waiting = all.Now("smartcity.outbox.length", now);
        var ages = all.Now("smartcity.outbox.age", now);
        var codes = all.Now("smartcity.codes", now);
        var alarms = all.Now("smartcity.alarms.open", now);
        var step = s_shown / 60;
        return new(
            now - s_shown,
            now,
            Requests.Of(all, "gateway", now - s_lately, now),
            all.Any(one => one.Name == "smartcity.check_ins") ? all.Increase("smartcity.check_ins", now - s_lately, now).Value / s_lately.TotalSeconds : null,
            [new("place-registration", [.. Enumerable.Range(1, 60).Select(i => now - s_shown + (step * i)).Select(time => (time, (double?)(all.Increase("smartcity.check_ins", time - step, time).Value / step.TotalSeconds)))])],
            [.. from color in s_colors from code in codes where code.Series["color"] == color select (color, code.Value)],
            waiting.Sum(one => one.Value),
            ages.Select(one => one.Value).DefaultIfEmpty().Max(),
            all.Now("smartcity.outbox.dead", now).Sum(one => one.Value),
            Queues("smartcity.queue.waiting"),
            Queues("smartcity.queue.failed"),
            alarms.Count == 0 ? null : alarms.Sum(one => one.Value),
            [.. all.Select(one => one.Source.Service).Distinct().Order(StringComparer.Ordinal).Select(service => new ServiceLoop(
                service, Requests.Of(all, service, now - s_lately, now), Value(waiting, service), Value(ages, service)))]);

        // Every replica counts the same queue.
        IReadOnlyList<(string Queue, double Messages)> Queues(string name) =>
            [.. all.Now(name, now).Where(one => one.Value > 0).GroupBy(one => one.Series["queue"] ?? "").Select(queue => (queue.Key, queue.Max(one => one.Value)))];
    }

    private static double? Value(IReadOnlyList<(string Service, Series Series, double Value)> values, string service) =>
        values.Where(one => one.Service == service).Select(one => (double?)one.Value).FirstOrDefault();
}

/// <summary>A service's part in it.</summary>
internal sealed record ServiceLoop(string Name, Requests Requests, double? Waiting, double? OldestWaits);

/// <summary>Answers of a service: how many a second, which share failed, and within what 95 of 100 came, in seconds.</summary>
internal sealed record Requests(double PerSecond, double Failed, double? Slow)
{
    private const string Duration = "http.server.request.duration";

    public static Requests Of(IReadOnlyCollection<Instrument> all, string service, DateTimeOffset from, DateTimeOffset to)
    {
        // Health probes and streams are no one's request.
        bool Counts(Instrument instrument, Series series) => instrument.Source.Service == service && series["http.route"] is var route && route?.StartsWith("/health/", StringComparison.Ordinal) != true;

        var answers = all.Increase(Duration, from, to, Counts);
        var failed = all.Increase(Duration, from, to, (instrument, series) => Counts(instrument, series) && series["http.response.status_code"]?[0] == '5');
        return new(
            answers.Count / (to - from).TotalSeconds, answers.Count == 0 ? 0 : (double)failed.Count / answers.Count,
            answers.Quantile(0.95, all.Bounds(Duration)));
    }
}
