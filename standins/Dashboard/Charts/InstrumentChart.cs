using System.Globalization;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Charts;

/// <summary>What a chart of an instrument shows: a counter as its rate, a histogram by its quantiles, a gauge as it is.</summary>
internal sealed record InstrumentChart(
    string Description, string Unit, InstrumentKind Kind, IReadOnlyList<Line> Lines, int LeftOut, IReadOnlyList<SeriesExemplar> Exemplars,
    IReadOnlyDictionary<string, string[]> Dimensions)
{
    private const int Steps = 60;
    private const int MostLines = 8;

    private static readonly TimeSpan s_leastWindow = TimeSpan.FromSeconds(15);

    public static InstrumentChart? Of(
        IEnumerable<Instrument> all, string service, string meter, string name, IReadOnlyDictionary<string, string> wanted, DateTimeOffset from, DateTimeOffset to)
    {
        var instruments = all.Where(one => one.Source.Service == service && one.Meter == meter && one.Name == name).ToList();
        if (instruments.Count == 0) return null;

        var dimensions = instruments.SelectMany(one => one.Series).SelectMany(one => one.Dimensions).GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(group => group.Key, group => group.Distinct().Order(StringComparer.Ordinal).ToArray());
        var replicas = instruments.Select(one => one.Source.Instance).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (replicas.Length > 1) dimensions[Replica] = replicas;

        var series = (from instrument in instruments
                      where !wanted.TryGetValue(Replica, out var replica) || instrument.Source.Instance == replica
                      from one in instrument.Series
                      where wanted.All(pair => pair.Key == Replica || one[pair.Key] == pair.Value)
                      select one).ToList();
        var lines = instruments[0].Kind == InstrumentKind.Histogram ? Quantiles(series, from, to) : Groups(series, instruments[0].Kind, from, to);
        return new(
            instruments[0].Description, UnitOf(instruments[0]), instruments[0].Kind, [.. lines.Take(MostLines)], Math.Max(0, lines.Count - MostLines),
            [.. series.SelectMany(one => one.Exemplars).Where(one => one.Time > from && one.Time <= to).OrderByDescending(one => one.Value).Take(20)], dimensions);
    }

    /// <summary>Chosen like a dimension: one of several replicas.</summary>
    public const string Replica = "service.instance.id";

    private static string UnitOf(Instrument instrument)
    {
        var unit = instrument.Unit.Trim('{', '}');
        return instrument.Kind == InstrumentKind.Counter ? $"{unit}/s" : unit;
    }

    private static List<Line> Groups(List<Series> series, InstrumentKind kind, DateTimeOffset from, DateTimeOffset to) =>
        [.. series.GroupBy(one => string.Join(", ", one.Dimensions.Select(pair => $"{pair.Key}={pair.Value}")))
            .Select(group => new Line(group.Key.Length == 0 ? "–" : group.Key, [.. Times(from, to).Select(time => (time, Value([.. group], kind, time, Window(from, to))))]))
            .OrderByDescending(line => line.Values.Max(value => value.Value) ?? 0)];

    private static double? Value(List<Series> series, InstrumentKind kind, DateTimeOffset time, TimeSpan window)
    {
        if (kind == InstrumentKind.Counter)
            return series.TrueForAll(one => one.Points.Count == 0 || one.Points[0].Time > time) ? null : series.Sum(one => one.Increase(time - window, time).Value) / window.TotalSeconds;
        var values = series.Select(one => one.At(time)).OfType<double>().ToList();
        return values.Count == 0 ? null : values.Sum();
    }

    private static List<Line> Quantiles(List<Series> series, DateTimeOffset from, DateTimeOffset to)
    {
        var bounds = series.Select(one => one.Bounds).FirstOrDefault(bounds => bounds.Length > 0) ?? [];
        var window = Window(from, to);
        var grown = Times(from, to).Select(time => series.Aggregate(new Point(time, 0), (sum, one) => sum.Plus(one.Increase(time - window, time)))).ToList();
        return [.. ((double[])[0.5, 0.9, 0.99]).Select(share => new Line(
            string.Create(CultureInfo.InvariantCulture, $"p{share * 100:0}"), [.. grown.Select(point => (point.Time, point.Quantile(share, bounds)))]))];
    }

    private static TimeSpan Window(DateTimeOffset from, DateTimeOffset to) => (to - from) / Steps > s_leastWindow ? (to - from) / Steps : s_leastWindow;

    private static IEnumerable<DateTimeOffset> Times(DateTimeOffset from, DateTimeOffset to) => Enumerable.Range(1, Steps).Select(step => from + ((to - from) * step / Steps));
}
