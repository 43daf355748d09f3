using System.Net;
using System.Net.Http.Headers;
using OpenTelemetry.Exporter;

namespace SmartCity.Dashboard.Tests;

public sealed class TelemetryTests(DashboardTown town)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task What_a_service_tells_is_shown_and_leads_from_one_to_the_other(OtlpExportProtocol protocol)
    {
        var service = $"ferry-{protocol}".ToLowerInvariant();
        using var teller = town.Teller(service, protocol);

        var trace = teller.TellOfARequest().ToHexString();
        teller.Flush();

        var traces = await town.PageWithAsync($"/traces?service={service}", trace);
        traces.ShouldContain($"{service}: POST /{service}");
        (await town.PageAsync($"/traces?service={service}&slower=60000")).ShouldNotContain(trace);
        (await town.PageAsync($"/traces?service={service}&errors=on&q=post")).ShouldContain(trace);

        var waterfall = await town.PageAsync($"/traces/{trace}");
        waterfall.ShouldContain("INSERT visits");
        var query = waterfall.Split("INSERT visits")[0].Split("?span=")[^1][..16];
        var span = await town.PageAsync($"/traces/{trace}?span={query}");
        span.ShouldContain("INSERT INTO visits &lt;b&gt;");
        span.ShouldContain("no room");
        span.ShouldContain("The table is full.");
        span.ShouldContain($"/logs?trace={trace}");

        var logs = await town.PageWithAsync($"/logs?trace={trace}", "Visit 7 was refused");
        logs.ShouldContain($"/traces/{trace}?span=");
        (await town.PageAsync($"/logs?service={service}&level=error&q=refused")).ShouldContain("Visit 7 was refused");
        (await town.PageAsync($"/logs?service={service}&level=critical")).ShouldNotContain("Visit 7 was refused");

        var metrics = await town.PageWithAsync($"/metrics?service={service}&meter={service}&instrument=request.duration&minutes=5&d.route=/visits", "p99");
        metrics.ShouldContain("How long requests took.");
        metrics.ShouldContain($"/traces/{trace}?span=");
    }

    [Fact]
    public async Task Without_the_key_nothing_is_taken()
    {
        using (var stranger = town.Teller("stranger", key: "wrong"))
        {
            stranger.TellOfARequest();
            stranger.Flush();
        }

        (await SendAsync([], key: null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync([], "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await town.PageAsync("/traces")).ShouldNotContain("stranger");
    }

    [Fact]
    public async Task What_is_no_telemetry_is_refused_and_harms_nothing()
    {
        (await SendAsync([0xff, 0xff, 0xff], town.Key)).ShouldBe(HttpStatusCode.BadRequest);
        // A well-formed request whose one span is not.
        (await SendAsync([0x0a, 0x06, 0x12, 0x04, 0x12, 0x02, 0xff, 0xff], town.Key)).ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync([], town.Key, "text/plain")).ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync([], town.Key)).ShouldBe(HttpStatusCode.OK);
        (await town.PageAsync("/traces/zzz")).ShouldContain("not known");
    }

    [Fact]
    public async Task The_first_page_shows_the_loop()
    {
        using var places = town.Teller("place-registration");
        using var codes = town.Teller("health-code");
        var checkIns = places.Meter.CreateCounter<int>("smartcity.check_ins", "{visit}");
        var waiting = places.Meter.CreateGauge<long>("smartcity.queue.waiting", "{message}");
        var failed = places.Meter.CreateGauge<long>("smartcity.queue.failed", "{message}");
        var age = codes.Meter.CreateGauge<double>("smartcity.outbox.age", "s");
        var colors = codes.Meter.CreateGauge<int>("smartcity.codes", "{code}");

        checkIns.Add(600);
        waiting.Record(4_120, new KeyValuePair<string, object?>("queue", "health-code-follow-exposures"));
        failed.Record(3, new KeyValuePair<string, object?>("queue", "exposures_error"));
        age.Record(75);
        colors.Record(4_211, new KeyValuePair<string, object?>("color", "Yellow"));
        places.Flush();
        codes.Flush();

        var page = await town.PageWithAsync("/", "exposures_error");
        page.ShouldMatch("Check-ins</h2><p class=\"value\">10/s");
        page.ShouldMatch("Messages waiting in queues</h2>\\s*<p class=\"value\">4120");
        page.ShouldMatch("Oldest unsent event</h2><p class=\"value bad\">75 s");
        page.ShouldContain("yellow: <strong>4211</strong>");
        WebUtility.HtmlDecode(await town.PageAsync("/", "zh-CN")).ShouldContain("黄码: <strong>4211</strong>");
    }

    private async Task<HttpStatusCode> SendAsync(byte[] body, string? key, string type = "application/x-protobuf")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{town.HttpEndpoint}/v1/traces") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (key is not null) request.Headers.Add("x-otlp-api-key", key);
        return (await http.SendAsync(request, Token)).StatusCode;
    }
}
