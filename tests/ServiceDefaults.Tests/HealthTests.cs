using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class HealthTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task What_is_degraded_is_ready_and_named(HealthStatus status, HttpStatusCode expected)
    {
        await using var app = await SampleApp.StartAsync(
            builder => builder.Services.AddHealthChecks().AddCheck("broker", () => new HealthCheckResult(status, "how it is")), _ => { });
        using var client = app.Client();

        using var ready = await client.GetAsync("/health/ready");
        using var live = await client.GetAsync("/health/live");

        ready.StatusCode.ShouldBe(expected);
        JsonNode.Parse(await ready.Content.ReadAsStringAsync())!["checks"]!["broker"]!["status"]!.GetValue<string>().ShouldBe(status.ToString());
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
