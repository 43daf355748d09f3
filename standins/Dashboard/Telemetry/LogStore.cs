using SmartCity.Dashboard.Otlp;

namespace SmartCity.Dashboard.Telemetry;

/// <summary>The newest log records.</summary>
internal sealed class LogStore(long limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<LogEntry> _entries = new();
    private long _bytes;
    private long _received;

    public long Received => Interlocked.Read(ref _received);

    public void Add(ExportLogsServiceRequest request)
    {
        var entries = new List<LogEntry>();
        foreach (var resource in request.ResourceLogs)
        {
            var source = Source.Of(resource.Resource);
            foreach (var scope in resource.ScopeLogs)
            {
                var category = string.Intern(scope.Scope?.Name ?? "");
                foreach (var record in scope.LogRecords) entries.Add(LogEntry.Read(source, category, record));
            }
        }

        lock (_gate)
        {
            foreach (var entry in entries)
            {
                _entries.Enqueue(entry);
                _bytes += entry.Bytes;
            }

            while (_bytes > limit) _bytes -= _entries.Dequeue().Bytes;
        }

        Interlocked.Add(ref _received, entries.Count);
    }

    /// <summary>The newest entries that a filter wants, the newest first.</summary>
    public IReadOnlyList<LogEntry> Newest(int count, Func<LogEntry, bool> wanted)
    {
        lock (_gate) return [.. _entries.Reverse().Where(wanted).Take(count)];
    }

    public IReadOnlyList<string> Services()
    {
        lock (_gate) return [.. _entries.Select(entry => entry.Source.Service).Distinct().Order(StringComparer.Ordinal)];
    }
}

/// <summary>Something that a service said.</summary>
internal sealed record LogEntry(
    Source Source, string Category, DateTimeOffset Time, int Severity, string Text, KeyValuePair<string, string>[] Attributes, UInt128 Trace, ulong Span)
{
    public long Bytes { get; } = 200 + (2 * (Text.Length + Attributes.Sum(pair => pair.Key.Length + pair.Value.Length)));

    /// <summary>The names of .NET's levels for OTLP's 1 to 24.</summary>
    public string Level => Severity switch { >= 21 => "critical", >= 17 => "error", >= 13 => "warning", >= 9 => "information", >= 5 => "debug", _ => "trace" };

    public static LogEntry Read(Source source, string category, LogRecord record) => new(
        source, category, Wire.Time(record.TimeUnixNano == 0 ? record.ObservedTimeUnixNano : record.TimeUnixNano), record.SeverityNumber, Wire.Text(record.Body),
        Wire.Pairs(record.Attributes), Wire.TraceId(record.TraceId), Wire.SpanId(record.SpanId));
}
