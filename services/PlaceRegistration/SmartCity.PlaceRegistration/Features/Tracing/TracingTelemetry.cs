using System.Diagnostics.Metrics;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>The meter of tracing.</summary>
internal static class TracingTelemetry
{
    private static readonly Meter Meter = new("SmartCity.PlaceRegistration");

    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("smartcity.tracing.lag", "s", "From the confirmation of a case until its contacts were on record.");

    public static void Lagged(TimeSpan lag) => Lag.Record(Math.Max(0, lag.TotalSeconds));
}
