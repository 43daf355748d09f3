using Microsoft.Extensions.Hosting;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Alerts;

/// <summary>An alert and how it stands.</summary>
/// <param name="Since">Since when the condition holds.</param>
/// <param name="Fires">It has held for long enough.</param>
/// <param name="Value">The burn rate, or the value that is out of bounds.</param>
/// <param name="Of">Which services, queues or resources.</param>
internal sealed record AlertState(string Alert, string Page, string Severity, string En, string Zh, DateTimeOffset? Since, bool Fires, double Value, string Of);

/// <summary>Evaluates the alert book against what services tell, every few seconds.</summary>
internal sealed class AlertWatch(AlertBook book, TelemetryStore store, IRunningResources running, TimeProvider time) : BackgroundService
{
    private const string Duration = "http.server.request.duration";

    /// <summary>A failure or two of a quiet night are no burning budget.</summary>
    private const int LeastBad = 5;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5), s_stale = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Queue<Slice>> _history = book.Objectives.ToDictionary(objective => objective.Alert, _ => new Queue<Slice>());
    private readonly Dictionary<string, DateTimeOffset> _since = [];
    private DateTimeOffset? _looked;

    /// <summary>All alerts as they stood at the last look.</summary>
    public IReadOnlyList<AlertState> States { get; private set; } = [];

    /// <summary>Looks once.</summary>
    public void Look()
    {
        // Values arrive a moment late, so the last seconds are left to the next look.
        var now = time.GetUtcNow() - s_stale;
        var from = _looked ?? now - s_interval;
        if (now <= from) return;
        States = store.Metrics.Read<IReadOnlyList<AlertState>>(all => [.. book.Objectives.Select(objective => Judge(objective, all, from, now)), .. book.Thresholds.Select(threshold => Judge(threshold, all, now + s_stale))]);
        _looked = now;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) Look();
    }

    private AlertState Judge(Objective objective, IReadOnlyCollection<Instrument> all, DateTimeOffset from, DateTimeOffset now)
    {
        bool Counts(Instrument instrument, Series series) =>
            instrument.Source.Service == objective.Service
            && (objective.Method is null || series["http.request.method"] == objective.Method)
            && (objective.Route is null ? series["http.route"]?.StartsWith("/health/", StringComparison.Ordinal) != true : series["http.route"] == objective.Route);

        var answers = all.Increase(Duration, from, now, Counts);
        var bad = objective.Within is { } within
            ? answers.Count - answers.Below(within, all.Bounds(Duration))
            : all.Increase(Duration, from, now, (instrument, series) => Counts(instrument, series) && series["http.response.status_code"]?[0] == '5').Count;
        var history = _history[objective.Alert];
        history.Enqueue(new(now, answers.Count, bad));
        while (history.Peek().Time < now - book.BurnRates.Max(rate => rate.Long)) history.Dequeue();

        foreach (var rate in book.BurnRates)
        {
            var (longBurn, failures) = Burn(history, now - rate.Long, objective);
            var (shortBurn, _) = Burn(history, now - rate.Short, objective);
            if (longBurn > rate.Burn && shortBurn > rate.Burn && failures >= LeastBad) return State(objective.Alert, objective.Page, rate.Severity, objective.En, objective.Zh, TimeSpan.Zero, Math.Min(longBurn, shortBurn), objective.Service, now);
        }

        return State(objective.Alert, objective.Page, book.BurnRates[0].Severity, objective.En, objective.Zh, null, Burn(history, now - book.BurnRates[0].Long, objective).Burn, objective.Service, now);
    }

    private static (double Burn, double Bad) Burn(IEnumerable<Slice> history, DateTimeOffset from, Objective objective)
    {
        double total = 0, bad = 0;
        foreach (var slice in history.Where(slice => slice.Time > from)) (total, bad) = (total + slice.Total, bad + slice.Bad);
        return (total == 0 ? 0 : bad / total / (1 - objective.Goal), bad);
    }

    private AlertState Judge(Threshold threshold, IReadOnlyCollection<Instrument> all, DateTimeOffset now)
    {
        var values = threshold.Metric == Threshold.Up
            ? [.. running.All.Where(one => one.Kind != "Tool").Select(one => (one.Name, Value: one.Healthy ? 1.0 : 0.0))]
            : all.Now(threshold.Metric, now, (_, series) => threshold.Where?.All(pair => series[pair.Key] == pair.Value) != false)
                .Select(one => (Name: string.Join(' ', one.Series.Dimensions.Where(pair => threshold.Where?.ContainsKey(pair.Key) != true).Select(pair => pair.Value).Prepend(one.Service)), one.Value)).ToArray();
        var bad = values.Where(value => threshold.IsBad(value.Value)).ToArray();
        return State(
            threshold.Alert, threshold.Page, threshold.Severity, threshold.En, threshold.Zh, bad.Length > 0 ? threshold.For : null,
            bad.Length > 0 ? bad.Max(value => value.Value) : 0, string.Join(", ", bad.Select(value => value.Name)), now);
    }

    /// <param name="holds">How long the condition, which holds now, must hold; null: it does not hold.</param>
    private AlertState State(string alert, string page, string severity, string en, string zh, TimeSpan? holds, double value, string of, DateTimeOffset now)
    {
        if (holds is null)
        {
            _since.Remove(alert);
            return new(alert, page, severity, en, zh, null, false, value, of);
        }

        var since = _since.TryGetValue(alert, out var earlier) ? earlier : _since[alert] = now;
        return new(alert, page, severity, en, zh, since, now - since >= holds, value, of);
    }

    private sealed record Slice(DateTimeOffset Time, double Total, double Bad);
}
