using System.Collections.Concurrent;
using SmartCity.Dashboard.Otlp;

namespace SmartCity.Dashboard.Telemetry;

/// <summary>The values of every instrument over the last hours. Past the limit the older half of each series goes.</summary>
internal sealed class MetricStore(int limit)
{
    private const int MostInstruments = 5_000;
    private const int MostSeriesOfAnInstrument = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Source, string Meter, string Name), Instrument> _instruments = [];
    private int _points;
    private long _received;

    public long Received => Interlocked.Read(ref _received);

    public int Points
    {
        get
        {
            lock (_gate) return _points;
        }
    }

    public void Add(ExportMetricsServiceRequest request)
    {
        var count = 0;
        lock (_gate)
        {
            foreach (var resource in request.ResourceMetrics)
            {
                var source = Source.Of(resource.Resource);
                foreach (var scope in resource.ScopeMetrics)
                {
                    foreach (var metric in scope.Metrics) count += Add(source, scope.Scope?.Name ?? "", metric);
                }
            }

            if (_points > limit) _points = _instruments.Values.SelectMany(instrument => instrument.Series).Sum(series => series.Halve());
        }

        Interlocked.Add(ref _received, count);
    }

    /// <summary>Reads what is there under the lock that writers take; the reader keeps nothing of it.</summary>
    public T Read<T>(Func<IReadOnlyCollection<Instrument>, T> read)
    {
        lock (_gate) return read(_instruments.Values);
    }

    private int Add(Source source, string meter, Metric metric)
    {
        if (!_instruments.TryGetValue((source, meter, metric.Name), out var instrument))
        {
            if (_instruments.Count >= MostInstruments) return 0;
            var kind = metric.DataCase switch
            {
                Metric.DataOneofCase.Gauge => InstrumentKind.Gauge,
                Metric.DataOneofCase.Histogram => InstrumentKind.Histogram,
                Metric.DataOneofCase.Sum => metric.Sum.IsMonotonic ? InstrumentKind.Counter : InstrumentKind.Gauge,
                _ => InstrumentKind.Unknown,
            };
            if (kind == InstrumentKind.Unknown) return 0;
            _instruments[(source, meter, metric.Name)] = instrument = new(source, meter, metric.Name, metric.Unit, metric.Description, kind);
        }

        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Gauge:
                foreach (var point in metric.Gauge.DataPoints) Add(instrument, point, delta: false);
                return metric.Gauge.DataPoints.Count;
            case Metric.DataOneofCase.Sum:
                foreach (var point in metric.Sum.DataPoints) Add(instrument, point, metric.Sum.AggregationTemporality == AggregationTemporality.Delta);
                return metric.Sum.DataPoints.Count;
            case Metric.DataOneofCase.Histogram:
                foreach (var point in metric.Histogram.DataPoints) Add(instrument, point, metric.Histogram.AggregationTemporality == AggregationTemporality.Delta);
                return metric.Histogram.DataPoints.Count;
            default:
                return 0;
        }
    }

    private void Add(Instrument instrument, NumberDataPoint point, bool delta)
    {
        if (instrument.SeriesOf(Wire.Pairs(point.Attributes), MostSeriesOfAnInstrument) is not { } series) return;
        var value = point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
        _points += series.Add(new(Wire.Time(point.TimeUnixNano), value), delta);
        series.Add(point.Exemplars);
    }

    private void Add(Instrument instrument, HistogramDataPoint point, bool delta)
    {
        if (instrument.SeriesOf(Wire.Pairs(point.Attributes), MostSeriesOfAnInstrument) is not { } series) return;
        if (series.Bounds.Length == 0) series.Bounds = [.. point.ExplicitBounds];
        _points += series.Add(new(Wire.Time(point.TimeUnixNano), point.Sum, point.Count, [.. point.BucketCounts]), delta);
        series.Add(point.Exemplars);
    }
}

internal enum InstrumentKind
{
    Unknown,
    Gauge,
    Counter,
    Histogram,
}

/// <summary>What a process measures.</summary>
internal sealed class Instrument(Source source, string meter, string name, string unit, string description, InstrumentKind kind)
{
    private readonly Dictionary<string, Series> _series = [];

    public Source Source => source;

    public string Meter => meter;

    public string Name => name;

    public string Unit => unit;

    public string Description => description;

    public InstrumentKind Kind => kind;

    public IReadOnlyCollection<Series> Series => _series.Values;

    public Series? SeriesOf(KeyValuePair<string, string>[] dimensions, int most)
    {
        Array.Sort(dimensions, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var key = string.Join('\u001f', dimensions.Select(pair => $"{pair.Key}\u001e{pair.Value}"));
        if (_series.TryGetValue(key, out var series)) return series;
        return _series.Count < most ? _series[key] = new(dimensions) : null;
    }
}

/// <summary>The values of an instrument for one combination of dimensions. A counter's and a histogram's are since the process started.</summary>
internal sealed class Series(KeyValuePair<string, string>[] dimensions)
{
    private const int MostPoints = 1_500;
    private const int MostExemplars = 20;

    private readonly List<Point> _points = [];
    private readonly Queue<SeriesExemplar> _exemplars = new();
    private bool _shortened;

    public KeyValuePair<string, string>[] Dimensions => dimensions;

    public double[] Bounds { get; set; } = [];

    public IReadOnlyList<Point> Points => _points;

    public IReadOnlyCollection<SeriesExemplar> Exemplars => _exemplars;

    public string? this[string dimension] => Array.Find(dimensions, pair => pair.Key == dimension).Value;

    /// <summary>How many points there are more than before. A value that stands still is two points: since when, and until when.</summary>
    public int Add(Point point, bool delta)
    {
        if (delta && _points.Count > 0) point = _points[^1].Plus(point);
        if (_points.Count > 1 && _points[^1].Same(point) && _points[^2].Same(point))
        {
            _points[^1] = point;
            return 0;
        }

        _points.Add(point);
        if (_points.Count <= MostPoints) return 1;
        _points.RemoveRange(0, MostPoints / 10);
        _shortened = true;
        return 1 - (MostPoints / 10);
    }

    public void Add(IEnumerable<Exemplar> exemplars)
    {
        foreach (var exemplar in exemplars)
        {
            if (exemplar.TraceId.Length != 16) continue;
            var value = exemplar.ValueCase == Exemplar.ValueOneofCase.AsInt ? exemplar.AsInt : exemplar.AsDouble;
            _exemplars.Enqueue(new(Wire.Time(exemplar.TimeUnixNano), value, Wire.TraceId(exemplar.TraceId), Wire.SpanId(exemplar.SpanId)));
            if (_exemplars.Count > MostExemplars) _exemplars.Dequeue();
        }
    }

    public int Halve()
    {
        _points.RemoveRange(0, _points.Count / 2);
        _shortened = true;
        return _points.Count;
    }

    /// <summary>What was added from one time (exclusive) to another (inclusive), reckoning with restarts.</summary>
    public Point Increase(DateTimeOffset from, DateTimeOffset to)
    {
        var sum = new Point(to, 0);
        // A series begins with what first happened, which counts: the first error is one more than none.
        var before = _shortened ? null : new Point(to, 0);
        foreach (var point in _points)
        {
            if (point.Time > to) break;
            if (point.Time > from) sum = before is null ? sum : sum.Plus(point.Since(before));
            before = point;
        }

        return sum with { Time = to };
    }

    /// <summary>The value that held at a time.</summary>
    public double? At(DateTimeOffset time)
    {
        for (var i = _points.Count - 1; i >= 0; i--)
        {
            if (_points[i].Time <= time) return time - _points[i].Time < TimeSpan.FromMinutes(1) || i < _points.Count - 1 ? _points[i].Value : null;
        }

        return null;
    }
}

/// <summary>A value at a time; of a histogram, its sum, count and buckets.</summary>
internal sealed record Point(DateTimeOffset Time, double Value, ulong Count = 0, ulong[]? Buckets = null)
{
    public bool Same(Point other) => Value.Equals(other.Value) && Count == other.Count;

    public Point Plus(Point more) => new(more.Time, Value + more.Value, Count + more.Count, Buckets is null ? more.Buckets : more.Buckets is null ? Buckets : Zip(Buckets, more.Buckets, (a, b) => a + b));

    // A smaller count than before is a process that began anew.
    public Point Since(Point before) => Value < before.Value || Count < before.Count
        ? this
        : new(Time, Value - before.Value, Count - before.Count, Buckets is null || before.Buckets is null ? Buckets : Zip(Buckets, before.Buckets, (a, b) => a - b));

    /// <summary>The value below which a share of a histogram lies, evenly spread within a bucket.</summary>
    public double? Quantile(double share, double[] bounds)
    {
        if (Buckets is null || Count == 0) return null;
        double wanted = share * Count, below = 0;
        for (var i = 0; i < Buckets.Length; i++)
        {
            if (Buckets[i] > 0 && below + Buckets[i] >= wanted)
            {
                if (i >= bounds.Length) return bounds.LastOrDefault();
                var lower = i == 0 ? 0 : bounds[i - 1];
                return lower + ((bounds[i] - lower) * (wanted - below) / Buckets[i]);
            }

            below += Buckets[i];
        }

        return bounds.LastOrDefault();
    }

    /// <summary>How many of a histogram's values were at most a bound; it should be one of the buckets', else the next smaller one is taken.</summary>
    public ulong Below(double bound, double[] bounds) =>
        Buckets is null ? Count : (ulong)Buckets.Take(bounds.Count(one => one <= bound)).Sum(count => (decimal)count);

    private static ulong[] Zip(ulong[] a, ulong[] b, Func<ulong, ulong, ulong> add) => a.Length == b.Length ? [.. a.Zip(b, add)] : a;
}

/// <summary>A measured value and the span in which it was measured.</summary>
/// <param name="Time">When.</param>
/// <param name="Value">The value.</param>
/// <param name="Trace">The trace of the span.</param>
/// <param name="Span">The span.</param>
public sealed record SeriesExemplar(DateTimeOffset Time, double Value, UInt128 Trace, ulong Span);
