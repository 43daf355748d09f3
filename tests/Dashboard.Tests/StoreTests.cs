using Google.Protobuf;
using SmartCity.Dashboard.Otlp;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Tests;

public sealed class StoreTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_too_many_spans_the_oldest_traces_go()
    {
        var store = new TraceStore(limit: 100_000);

        for (var trace = 1; trace <= 1_000; trace++) store.Add(Spans((ulong)trace, 2));

        store.Bytes.ShouldBeInRange(90_000, 100_000);
        store.Received.ShouldBe(2_000);
        store.Spans(1).ShouldBeEmpty();
        store.Spans(1_000).Count.ShouldBe(2);
        store.Newest(5, _ => true).Select(trace => trace.Id).ShouldBe([1_000, 999, 998, 997, 996]);
    }

    [Fact]
    public void A_trace_without_an_end_is_cut()
    {
        var store = new TraceStore(limit: 100_000_000);

        for (var batch = 0; batch < 60; batch++) store.Add(Spans(7, 100));

        store.Newest(1, _ => true).Single().ShouldSatisfyAllConditions(trace => trace.Spans.ShouldBe(5_000), trace => trace.Dropped.ShouldBe(1_000));
    }

    [Fact]
    public void Of_too_many_logs_the_oldest_go()
    {
        var store = new LogStore(limit: 50_000);
        for (var i = 0; i < 1_000; i++)
            store.Add(new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord { Body = new AnyValue { StringValue = $"line {i}" } } } } } } } });

        var kept = store.Newest(int.MaxValue, _ => true);

        kept.Sum(entry => entry.Bytes).ShouldBeLessThanOrEqualTo(50_000);
        kept[0].Text.ShouldBe("line 999");
        kept.Count.ShouldBeInRange(100, 300);
    }

    [Fact]
    public void Of_too_many_values_the_older_half_goes()
    {
        var store = new MetricStore(limit: 1_000);

        for (var i = 0; i < 5_000; i++) store.Add(Count(i % 5, s_start.AddSeconds(i), i));

        store.Points.ShouldBeLessThanOrEqualTo(1_000);
        store.Read(all => all.Single().Series.Max(series => series.Points[^1].Value)).ShouldBe(4_999);
    }

    [Fact]
    public void A_counters_growth_counts_its_beginning_and_goes_on_over_a_restart()
    {
        var store = new MetricStore(limit: 1_000);
        foreach (var (second, value) in ((int, int)[])[(0, 3), (5, 10), (10, 10), (15, 10), (20, 2), (25, 4)]) store.Add(Count(0, s_start.AddSeconds(second), value));

        double Increase(int from, int to) => store.Read(all => all.Increase("visits", s_start.AddSeconds(from), s_start.AddSeconds(to)).Value);

        Increase(-1, 25).ShouldBe(3 + 7 + 2 + 2);
        Increase(0, 5).ShouldBe(7);
        Increase(5, 15).ShouldBe(0);
        Increase(15, 20).ShouldBe(2);
    }

    [Fact]
    public void A_value_that_stands_still_takes_no_room()
    {
        var store = new MetricStore(limit: 1_000);

        for (var i = 0; i < 500; i++) store.Add(Count(0, s_start.AddSeconds(i), 4));

        store.Points.ShouldBe(2);
        store.Read(all => all.Single().Series.Single().Points[^1].Time).ShouldBe(s_start.AddSeconds(499));
    }

    [Theory]
    [InlineData(0.5, 0.1)]
    [InlineData(0.9, 0.42)]
    [InlineData(1, 0.5)]
    public void A_quantile_lies_within_its_bucket(double share, double expected) =>
        new Point(s_start, 0, 100, [50, 25, 25]).Quantile(share, [0.1, 0.3, 0.5])!.Value.ShouldBe(expected, 0.001);

    private static ExportTraceServiceRequest Spans(ulong trace, int count)
    {
        var scope = new ScopeSpans();
        for (var i = 0; i < count; i++)
        {
            var id = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(id, trace);
            scope.Spans.Add(new SpanHeader { TraceId = ByteString.CopyFrom(id), SpanId = ByteString.CopyFrom(id, 8, 8), Name = "work", StartTimeUnixNano = trace, EndTimeUnixNano = trace + 1 }.ToByteString());
        }

        return new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } };
    }

    private static ExportMetricsServiceRequest Count(int series, DateTimeOffset time, int value)
    {
        var point = new NumberDataPoint { TimeUnixNano = (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100, AsInt = value, Attributes = { new KeyValue { Key = "series", Value = new AnyValue { IntValue = series } } } };
        var sum = new Sum { IsMonotonic = true, AggregationTemporality = AggregationTemporality.Cumulative, DataPoints = { point } };
        return new() { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { new ScopeMetrics { Metrics = { new Metric { Name = "visits", Sum = sum } } } } } } };
    }
}
