using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests;

public sealed class AccessTests
{
    [Fact]
    public async Task Every_endpoint_lets_in_whom_its_rule_names_and_nobody_else()
    {
        await using var app = new CityApp<Program>("health-code", clock: null);

        await EveryEndpoint.HoldsItsRuleAsync(
            app,
            approvedPublic: ["GET /health/live", "GET /health/ready", "GET /health-code/openapi/{documentName}.json"],
            new Dictionary<string, string> { ["documentName"] = "v1" });
    }
}
