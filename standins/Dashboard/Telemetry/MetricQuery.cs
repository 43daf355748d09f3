namespace SmartCity.Dashboard.Telemetry;

/// <summary>Questions about what several processes measured.</summary>
internal static class MetricQuery
{
    /// <summary>By how much counters or histograms of a name grew, all that fit together.</summary>
    public static Point Increase(this IEnumerable<Instrument> instruments, string name, DateTimeOffset from, DateTimeOffset to, Func<Instrument, Series, bool>? wanted = null) =>
        instruments.Named(name, wanted).Aggregate(new Point(to, 0), (sum, one) => sum.Plus(one.Series.Increase(from, to)));

    /// <summary>
    /// The values of a gauge now, one for each service and combination of dimensions: the largest that its replicas tell, because what they share
    /// (an outbox, a queue) each of them tells whole.
    /// </summary>
    public static IReadOnlyList<(string Service, Series Series, double Value)> Now(
        this IEnumerable<Instrument> instruments, string name, DateTimeOffset now, Func<Instrument, Series, bool>? wanted = null) =>
        [.. instruments.Named(name, wanted)
            .Select(one => (one.Instrument.Source.Service, one.Series, Value: one.Series.At(now)))
            .Where(one => one.Value is not null)
            .GroupBy(one => (one.Service, string.Join(' ', one.Series.Dimensions)))
            .Select(group => group.MaxBy(one => one.Value))
            .Select(one => (one.Service, one.Series, one.Value!.Value))];

    /// <summary>The bounds of a histogram's buckets.</summary>
    public static double[] Bounds(this IEnumerable<Instrument> instruments, string name) =>
        instruments.Named(name, null).Select(one => one.Series.Bounds).FirstOrDefault(bounds => bounds.Length > 0) ?? [];

    private static IEnumerable<(Instrument Instrument, Series Series)> Named(this IEnumerable<Instrument> instruments, string name, Func<Instrument, Series, bool>? wanted) =>
        from instrument in instruments
        where instrument.Name == name
        from series in instrument.Series
        where wanted is null || wanted(instrument, series)
        select (instrument, series);
}
