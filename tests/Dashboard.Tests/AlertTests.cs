using System.Diagnostics;
using SmartCity.Dashboard.Alerts;
using SmartCity.Dashboard.Otlp;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Tests;

public sealed class AlertTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static string Root { get; } = FindRoot();

    [Fact]
    public void Every_alert_has_a_page_and_every_page_an_alert_or_another_way_to_learn_of_it()
    {
        var book = AlertBook.Shipped();
        var pages = Directory.GetFiles(Path.Combine(Root, "docs", "operations"), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!).Where(page => page != "README").ToArray();
        var alerted = book.Objectives.Select(one => one.Page).Concat(book.Thresholds.Select(one => one.Page)).Distinct().ToArray();

        alerted.Except(pages).ShouldBeEmpty("alerts without a page");
        pages.Except(alerted).ShouldBe(book.LearnedOtherwise.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Alerts_are_told_apart_by_their_names_and_speak_both_languages()
    {
        var book = AlertBook.Shipped();

        book.Objectives.Select(one => one.Alert).Concat(book.Thresholds.Select(one => one.Alert)).ShouldBeUnique();
        book.Thresholds.ShouldAllBe(one => one.Above == null != (one.Below == null));
        book.Objectives.Select(one => one.Zh).Concat(book.Thresholds.Select(one => one.Zh)).ShouldAllBe(text => text.Any(letter => letter >= 0x4e00));
    }

    [Fact]
    public async Task Prometheus_takes_the_rules_that_are_made_from_the_book()
    {
        var path = Path.Combine(Root, "deploy", "prometheus", "smartcity-rules.yml");
        var made = PrometheusRules.Write(AlertBook.Shipped());
        var written = Path.Combine(Path.GetTempPath(), "smartcity-rules.yml");
        await File.WriteAllTextAsync(written, made, TestContext.Current.CancellationToken);

        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) == made).ShouldBeTrue($"the book has changed: cp {written} deploy/prometheus/");
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "rules", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var says = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        promtool.ExitCode.ShouldBe(0, says);
    }

    [Fact]
    public void A_burning_budget_fires_and_a_quiet_failure_does_not()
    {
        var city = new WatchedCity();
        city.Pass(TimeSpan.FromMinutes(10), good: 20, bad: 0);
        city.State("check-ins-failing").Since.ShouldBeNull();

        city.Pass(TimeSpan.FromSeconds(10), good: 20, bad: 1);
        city.State("check-ins-failing").Fires.ShouldBeFalse("a failure or two are within what is promised");

        city.Pass(TimeSpan.FromMinutes(4), good: 20, bad: 2);
        city.State("check-ins-failing").ShouldSatisfyAllConditions(state => state.Fires.ShouldBeTrue(), state => state.Value.ShouldBeGreaterThan(14.4), state => state.Severity.ShouldBe("page"));
        city.State("codes-not-shown").Since.ShouldBeNull("that is another journey");

        city.Pass(TimeSpan.FromMinutes(6), good: 20, bad: 0);
        city.State("check-ins-failing").Severity.ShouldNotBe("page", "the short window is over");
        city.Pass(TimeSpan.FromMinutes(30), good: 20, bad: 0);
        city.State("check-ins-failing").Since.ShouldBeNull();
    }

    [Fact]
    public void A_value_out_of_bounds_fires_when_it_has_been_for_long_enough()
    {
        var city = new WatchedCity { Age = 61 };

        city.Pass(TimeSpan.FromSeconds(50), good: 1, bad: 0);
        city.State("outbox-standing-still").ShouldSatisfyAllConditions(state => state.Since.ShouldNotBeNull(), state => state.Fires.ShouldBeFalse());
        city.Pass(TimeSpan.FromSeconds(30), good: 1, bad: 0);
        city.State("outbox-standing-still").ShouldSatisfyAllConditions(state => state.Fires.ShouldBeTrue(), state => state.Of.ShouldBe("place-registration"), state => state.Value.ShouldBe(61));

        city.Age = 2;
        city.Pass(TimeSpan.FromSeconds(10), good: 1, bad: 0);
        city.State("outbox-standing-still").Since.ShouldBeNull();
    }

    [Fact]
    public void What_is_not_healthy_for_a_minute_is_down()
    {
        var city = new WatchedCity();
        city.Pass(TimeSpan.FromMinutes(2), good: 1, bad: 0);
        city.State("resource-down").Since.ShouldBeNull();

        city.Healthy = false;
        city.Pass(TimeSpan.FromSeconds(70), good: 1, bad: 0);

        city.State("resource-down").ShouldSatisfyAllConditions(state => state.Fires.ShouldBeTrue(), state => state.Of.ShouldBe("place-registration-1"));
    }

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "SmartCity.sln"))) at = at.Parent;
        return at.FullName;
    }

    /// <summary>A city of one service whose time the test moves, watched as the dashboard watches.</summary>
    private sealed class WatchedCity : TimeProvider, IRunningResources
    {
        private readonly TelemetryStore _store = new(new TelemetryLimits());
        private readonly AlertWatch _watch;
        private DateTimeOffset _now = s_start;
        private ulong _good, _bad;

        public WatchedCity() => _watch = new(AlertBook.Shipped(), _store, this, this);

        public double Age { get; set; }

        public bool Healthy { get; set; } = true;

        public IReadOnlyList<RunningResource> All => [new("place-registration-1", "place-registration", "Project", "", "Running", Healthy, 0, 1, new Dictionary<string, string>(), [], [], [])];

        public override DateTimeOffset GetUtcNow() => _now;

        public AlertState State(string alert) => _watch.States.Single(state => state.Alert == alert);

        /// <summary>Lets time go by; every five seconds as many requests are answered well and badly.</summary>
        public void Pass(TimeSpan time, ulong good, ulong bad)
        {
            for (var end = _now + time; _now < end; _now += TimeSpan.FromSeconds(5))
            {
                (_good, _bad) = (_good + good, _bad + bad);
                _store.Metrics.Add(Told());
                _watch.Look();
            }
        }

        public IReadOnlyList<ResourceVariable> Environment(string name) => [];

        public ConsoleLines Console(string name, long after) => new(after, []);

        public IReadOnlyList<string> ConsoleFiles(string name) => [];

        public Task<bool> CommandAsync(string name, string command) => Task.FromResult(false);

        private ExportMetricsServiceRequest Told()
        {
            var time = (ulong)(_now - DateTimeOffset.UnixEpoch).Ticks * 100;
            var histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative, DataPoints = { Answers("200", _good) } };
            if (_bad > 0) histogram.DataPoints.Add(Answers("500", _bad));
            var scope = new ScopeMetrics
            {
                Metrics =
                {
                    new Metric { Name = "http.server.request.duration", Histogram = histogram },
                    new Metric { Name = "smartcity.outbox.age", Gauge = new Gauge { DataPoints = { new NumberDataPoint { TimeUnixNano = time, AsDouble = Age } } } },
                },
            };
            return new() { ResourceMetrics = { new ResourceMetrics { Resource = new Resource { Attributes = { Pair("service.name", "place-registration") } }, ScopeMetrics = { scope } } } };

            HistogramDataPoint Answers(string status, ulong count) => new()
            {
                TimeUnixNano = time, Count = count, BucketCounts = { count, 0 }, ExplicitBounds = { 0.5 },
                Attributes = { Pair("http.request.method", "POST"), Pair("http.route", "/place-registration/v1/check-ins"), Pair("http.response.status_code", status) },
            };

            static KeyValue Pair(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
        }
    }
}
