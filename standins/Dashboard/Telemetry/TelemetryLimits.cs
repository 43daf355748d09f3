namespace SmartCity.Dashboard.Telemetry;

/// <summary>How much is kept in memory; of what is over that, the oldest goes.</summary>
/// <param name="SpanBytes">For spans as they came, and what is kept beside each.</param>
/// <param name="LogBytes">For log records.</param>
/// <param name="MetricPoints">Values of all instruments together.</param>
public sealed record TelemetryLimits(long SpanBytes = 96L * 1024 * 1024, long LogBytes = 32L * 1024 * 1024, int MetricPoints = 400_000);

/// <summary>All that services have told.</summary>
internal sealed class TelemetryStore(TelemetryLimits limits)
{
    public TraceStore Traces { get; } = new(limits.SpanBytes);

    public LogStore Logs { get; } = new(limits.LogBytes);

    public MetricStore Metrics { get; } = new(limits.MetricPoints);

    /// <summary>Changes with everything that arrives.</summary>
    public long Version => Traces.Received + Logs.Received + Metrics.Received;
}
