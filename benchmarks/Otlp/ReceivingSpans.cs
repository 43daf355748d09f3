using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using SmartCity.Dashboard.Otlp;
using SmartCity.NativeServers;

namespace SmartCity.Benchmarks.Otlp;

/// <summary>Spans that the dashboard takes a second, against a receiver that only reads and answers; both over HTTP, in turns. And over gRPC.</summary>
internal static class ReceivingSpans
{
    private const int SpansInABatch = 512; // the SDK's
    private const int Rounds = 7;
    private const double Goal = 10_000;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2);

    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);

    private static readonly Method<byte[], byte[]> s_export = new(MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export", s_bytes, s_bytes);

    public static async Task RunAsync()
    {
        int[] ports = [Ports.Free(), Ports.Free(), Ports.Free()];
        var sinkPort = Ports.Free();
        using var dashboard = Parts.Start(["dashboard", string.Join(',', ports)]);
        using var sink = Parts.Start(["sink", $"{sinkPort}"]);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-otlp-api-key", Parts.Key);
        using var channel = GrpcChannel.ForAddress($"http://localhost:{ports[1]}");
        var calls = channel.CreateCallInvoker();
        var headers = new Metadata { { "x-otlp-api-key", Parts.Key } };
        // More batches than fit into the dashboard's memory, so that it is dropping all the time.
        var batches = Enumerable.Range(0, 400).Select(_ => Batch()).ToArray();

        Task PostAsync(int port, byte[] batch) => SendAsync(http, port, batch);
        async Task CallAsync(byte[] batch) => await calls.AsyncUnaryCall(s_export, null, new CallOptions(headers), batch);

        await ReadyAsync(() => PostAsync(sinkPort, batches[0]));
        await ReadyAsync(() => PostAsync(ports[2], batches[0]));
        var (byHttp, byGrpc, discarded, cost) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var thrown = await RateAsync(batches, batch => PostAsync(sinkPort, batch));
            dashboard.Refresh();
            var (before, start) = (dashboard.TotalProcessorTime, Stopwatch.GetTimestamp());
            var kept = await RateAsync(batches, batch => PostAsync(ports[2], batch));
            dashboard.Refresh();
            var seconds = (dashboard.TotalProcessorTime - before).TotalSeconds;
            var spans = kept * Stopwatch.GetElapsedTime(start).TotalSeconds;
            var called = await RateAsync(batches, CallAsync);
            if (round < 0) continue;
            discarded.Add(thrown);
            byHttp.Add(kept);
            byGrpc.Add(called);
            cost.Add(1e6 * seconds / spans);
        }

        var slowest = Math.Min(Parts.Median(byHttp), Parts.Median(byGrpc));
        Parts.Print($"received by HTTP {Parts.Median(byHttp):N0} spans/s, by gRPC {Parts.Median(byGrpc):N0}; read and thrown away {Parts.Median(discarded):N0}; ratio {Parts.Median(byHttp) / Parts.Median(discarded):F2}");
        Parts.Print($"processor time of the dashboard {Parts.Median(cost):F1} µs a span; memory {dashboard.WorkingSet64 / 1e6:F0} MB; goal {Goal:N0} spans/s {(slowest >= Goal ? "met" : "MISSED")}");
        dashboard.Kill();
        sink.Kill();
    }

    private static async Task<double> RateAsync(byte[][] batches, Func<byte[], Task> send)
    {
        var (sent, start) = (0, Stopwatch.GetTimestamp());
        // As several services do: two at a time.
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < s_round) await send(batches[Interlocked.Increment(ref sent) % batches.Length]);
        }));
        return sent * SpansInABatch / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task SendAsync(HttpClient http, int port, byte[] batch)
    {
        using var body = new ByteArrayContent(batch);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await http.PostAsync($"http://localhost:{port}/v1/traces", body);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task ReadyAsync(Func<Task> tryIt)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await tryIt();
                return;
            }
            catch (HttpRequestException) when (tries < 200)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Spans like those of a check-in: four in a trace, with the attributes of HTTP and of a database.</summary>
    private static byte[] Batch()
    {
        var scope = new ScopeSpans();
        for (var i = 0; i < SpansInABatch; i += 4)
        {
            var trace = RandomNumberGenerator.GetBytes(16);
            var parent = Array.Empty<byte>();
            for (var j = 0; j < 4; j++)
            {
                var id = RandomNumberGenerator.GetBytes(8);
                var header = new SpanHeader
                {
                    TraceId = ByteString.CopyFrom(trace), SpanId = ByteString.CopyFrom(id), ParentSpanId = ByteString.CopyFrom(parent), Name = "POST /place-registration/v1/check-ins", Kind = 2,
                    StartTimeUnixNano = 1_700_000_000_000_000_000, EndTimeUnixNano = 1_700_000_000_004_000_000,
                };
                var details = new SpanDetails();
                foreach (var (key, value) in new[]
                {
                    ("http.request.method", "POST"), ("url.path", "/place-registration/v1/check-ins"), ("http.route", "/place-registration/v1/check-ins"), ("server.address", "127.0.0.1"),
                    ("network.protocol.version", "1.1"), ("db.system.name", "postgresql"), ("db.query.text", "SELECT v.id, v.citizen_id, v.place_id, v.arrived_at FROM visits v WHERE v.citizen_id = ANY ($1)"), ("user_agent.original", "smartcity"),
                })
                    details.Attributes.Add(new KeyValue { Key = key, Value = new AnyValue { StringValue = value } });
                scope.Spans.Add(ByteString.CopyFrom([.. header.ToByteArray(), .. details.ToByteArray()]));
                parent = id;
            }
        }

        var resource = new Resource { Attributes = { new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = "place-registration" } } } };
        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { scope } } } }.ToByteArray();
    }
}
