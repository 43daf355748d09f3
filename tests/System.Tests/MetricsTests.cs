using System.Diagnostics;
using System.Net;

namespace SmartCity.System.Tests;

/// <summary>What Prometheus reads of each service, where only it gets to.</summary>
public sealed class MetricsTests(RunningCity city)
{
    private const int Unreadable = 1; // promtool; 3 is only a matter of taste

    [Theory]
    [InlineData("identity")]
    [InlineData("health-code", "smartcity_outbox_age_seconds")]
    [InlineData("place-registration-2", "smartcity_outbox_age_seconds")]
    [InlineData("government-services-1", "smartcity_outbox_age_seconds")]
    [InlineData("early-warning", "smartcity_outbox_age_seconds")]
    [InlineData("portal-1")]
    [InlineData("gateway-1")]
    public async Task A_service_tells_Prometheus_what_its_rules_ask_for(string resource, params string[] more)
    {
        using var http = new HttpClient { BaseAddress = await city.OwnAddressAsync(resource, "metrics") };
        (await http.GetAsync(await city.OwnAddressAsync(resource, "http") + "health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var text = await http.GetStringAsync("/metrics");

        foreach (var name in (string[])["http_server_request_duration_seconds_bucket", .. more]) text.ShouldContain(name);
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var says = await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        promtool.ExitCode.ShouldNotBe(Unreadable, says);
    }

    [Fact]
    public async Task Neither_the_gateway_nor_a_services_own_port_has_metrics_and_the_metrics_port_has_nothing_else()
    {
        using var http = new HttpClient();

        (await http.GetAsync(new Uri(city.Gateway, "/metrics"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync(new Uri(await city.OwnAddressAsync("health-code", "http"), "/metrics"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync(new Uri(await city.OwnAddressAsync("health-code", "metrics"), "/health/ready"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
