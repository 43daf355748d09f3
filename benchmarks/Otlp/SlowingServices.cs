using System.Diagnostics;
using SmartCity.NativeServers;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.Otlp;

/// <summary>
/// Requests a second of a service on a real PostgreSQL whose telemetry goes to the dashboard, against the same service that tells nobody anything, and
/// against one that tells a receiver which throws it away. In turns, on one machine with the load; medians.
/// </summary>
internal static class SlowingServices
{
    private const int Callers = 8;
    private const int Rounds = 9;
    private const double Goal = 0.95;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        await using var servers = new CityServers();
        await using var database = await TestDatabase.CreateEmptyAsync(servers);
        await database.ExecuteAsync("CREATE TABLE visits (id uuid PRIMARY KEY)");
        int[] ports = [Ports.Free(), Ports.Free(), Ports.Free()];
        var sinkPort = Ports.Free();
        using var dashboard = Parts.Start(["dashboard", string.Join(',', ports)]);
        using var sink = Parts.Start(["sink", $"{sinkPort}"]);
        (string, string)[] common =
        [
            ("OTEL_BLRP_SCHEDULE_DELAY", "1000"), ("OTEL_BSP_SCHEDULE_DELAY", "1000"), ("OTEL_METRIC_EXPORT_INTERVAL", "5000"), ("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"),
            ("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={Parts.Key}"),
        ];
        var silent = await Service.StartAsync(database.ConnectionString);
        var told = await Service.StartAsync(database.ConnectionString, [.. common, ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://localhost:{ports[1]}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]);
        var discarded = await Service.StartAsync(
            database.ConnectionString, [.. common, ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://localhost:{sinkPort}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]);

        var (without, with, nowhere) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var rates = (Silent: await silent.RateAsync(), Told: await told.RateAsync(), Nowhere: await discarded.RateAsync());
            if (round < 0) continue;
            without.Add(rates.Silent);
            with.Add(rates.Told);
            nowhere.Add(rates.Nowhere);
        }

        // Each round's own ratio: the machine may be another from one minute to the next.
        var ratio = Parts.Median(with.Zip(without, (a, b) => a / b));
        var ofDashboard = Parts.Median(with.Zip(nowhere, (a, b) => a / b));
        Parts.Print($"requests/s: no telemetry {Parts.Median(without):N0}, thrown away {Parts.Median(nowhere):N0}, to the dashboard {Parts.Median(with):N0}");
        Parts.Print($"the dashboard against thrown away: ratio {ofDashboard:F3} (goal {Goal}: {(ofDashboard >= Goal ? "met" : "MISSED")})");
        Parts.Print($"telemetry and dashboard against none: ratio {ratio:F3} (goal {Goal}: {(ratio >= Goal ? "met" : "MISSED")})");
        foreach (var process in new[] { dashboard, sink, silent.Process, told.Process, discarded.Process }) process.Kill();
    }

    private sealed class Service(Process process, HttpClient http)
    {
        public Process Process => process;

        public static async Task<Service> StartAsync(string database, params (string, string)[] environment)
        {
            var port = Ports.Free();
            var process = Parts.Start(["service", $"{port}", database], environment);
            var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            for (var tries = 0; ; tries++)
            {
                try
                {
                    (await http.GetAsync("/health/live")).EnsureSuccessStatusCode();
                    return new(process, http);
                }
                catch (HttpRequestException) when (tries < 300)
                {
                    await Task.Delay(100);
                }
            }
        }

        public async Task<double> RateAsync()
        {
            var (done, start) = (0, Stopwatch.GetTimestamp());
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                while (Stopwatch.GetElapsedTime(start) < s_round)
                {
                    using var answer = await http.PostAsync("/benchmark/v1/visits", null);
                    answer.EnsureSuccessStatusCode();
                    Interlocked.Increment(ref done);
                }
            }));
            return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
