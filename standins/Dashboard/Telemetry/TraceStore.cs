using Google.Protobuf;
using SmartCity.Dashboard.Otlp;

namespace SmartCity.Dashboard.Telemetry;

/// <summary>The newest traces. What is over the limit goes trace by trace, the one first heard of first.</summary>
internal sealed class TraceStore(long limit)
{
    private const int MostSpansOfATrace = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Trace> _traces = [];
    private readonly Queue<Trace> _order = new();
    private long _bytes;
    private long _received;

    public long Received => Interlocked.Read(ref _received);

    public long Bytes
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _traces.Count;
        }
    }

    public void Add(ExportTraceServiceRequest request)
    {
        // Read outside of the lock, kept inside.
        var spans = new List<Span>();
        foreach (var resource in request.ResourceSpans)
        {
            var source = Source.Of(resource.Resource);
            foreach (var scope in resource.ScopeSpans)
            {
                var library = string.Intern(scope.Scope?.Name ?? "");
                foreach (var raw in scope.Spans) spans.Add(Span.Read(source, library, raw));
            }
        }

        lock (_gate)
        {
            foreach (var span in spans) Add(span);
            while (_bytes > limit && _order.Count > 1)
            {
                var oldest = _order.Dequeue();
                _traces.Remove(oldest.Id);
                _bytes -= oldest.Bytes;
            }
        }

        Interlocked.Add(ref _received, spans.Count);
    }

    /// <summary>The newest traces that a filter wants.</summary>
    public IReadOnlyList<TraceSummary> Newest(int count, Func<TraceSummary, bool> wanted)
    {
        lock (_gate) return [.. _order.Reverse().Select(trace => trace.Summary()).Where(wanted).Take(count)];
    }

    /// <summary>A trace's spans, in the order of their start; empty: no longer, or never, known.</summary>
    public IReadOnlyList<Span> Spans(UInt128 id)
    {
        lock (_gate) return _traces.TryGetValue(id, out var trace) ? [.. trace.Spans.OrderBy(span => span.Start)] : [];
    }

    public IReadOnlyList<string> Services()
    {
        lock (_gate) return [.. _traces.Values.SelectMany(trace => trace.Services).Distinct().Order(StringComparer.Ordinal)];
    }

    private void Add(Span span)
    {
        if (!_traces.TryGetValue(span.Trace, out var trace))
        {
            _traces[span.Trace] = trace = new(span.Trace);
            _order.Enqueue(trace);
        }

        if (trace.Spans.Count < MostSpansOfATrace) _bytes += trace.Add(span);
        else trace.Dropped++;
    }

    private sealed class Trace(UInt128 id)
    {
        private Span? _root;
        private ulong _start = ulong.MaxValue, _end;
        private int _errors;

        public UInt128 Id => id;

        public List<Span> Spans { get; } = new(4);

        public List<string> Services { get; } = new(2);

        public long Bytes { get; private set; }

        public int Dropped { get; set; }

        public long Add(Span span)
        {
            Spans.Add(span);
            if (!Services.Contains(span.Source.Service)) Services.Add(span.Source.Service);
            if (_root is null || span.Parent == 0 || (_root.Parent != 0 && span.Start < _root.Start)) _root = span;
            _start = Math.Min(_start, span.Start);
            _end = Math.Max(_end, span.End);
            if (span.Failed) _errors++;
            Bytes += span.Bytes;
            return span.Bytes;
        }

        public TraceSummary Summary() => new(id, _root!.Name, _root.Source.Service, [.. Services], _start, _end, Spans.Count, _errors, Dropped);
    }
}

/// <summary>A trace in a line.</summary>
internal sealed record TraceSummary(
    UInt128 Id, string Name, string Service, IReadOnlyList<string> Services, ulong Start, ulong End, int Spans, int Errors, int Dropped)
{
    public double Milliseconds => End > Start ? (End - Start) / 1e6 : 0;
}

/// <summary>A span: what a list needs, and the rest as it came.</summary>
internal sealed record Span(
    Source Source, string Library, UInt128 Trace, ulong Id, ulong Parent, string Name, int Kind, ulong Start, ulong End, bool Failed, ByteString Raw)
{
    private const int SizeOfHeader = 250;
    private const int Error = 2;

    private static readonly MessageParser<SpanHeader> s_header = SpanHeader.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<SpanDetails> s_details = SpanDetails.Parser.WithDiscardUnknownFields(true);

    public long Bytes => Raw.Length + SizeOfHeader;

    public double Milliseconds => End > Start ? (End - Start) / 1e6 : 0;

    public static Span Read(Source source, string library, ByteString raw)
    {
        var header = s_header.ParseFrom(raw);
        return new(
            source, library, Wire.TraceId(header.TraceId), Wire.SpanId(header.SpanId), Wire.SpanId(header.ParentSpanId), string.IsInterned(header.Name) ?? header.Name,
            header.Kind, header.StartTimeUnixNano, header.EndTimeUnixNano, header.Status?.Code == Error, raw);
    }

    public SpanDetails Details() => s_details.ParseFrom(Raw);
}
