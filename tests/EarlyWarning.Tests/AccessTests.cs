using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class AccessTests(CityServers servers)
{
    [Fact]
    public async Task Every_endpoint_lets_in_whom_its_rule_names_and_nobody_else()
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        await EveryEndpoint.HoldsItsRuleAsync(
            office.App,
            approvedPublic:
            [
                "GET /health/live", "GET /health/ready", "GET /early-warning/openapi/{documentName}.json", "GET /early-warning/v1/warnings",
                "GET /early-warning/v1/warnings/{id:guid}", "GET /early-warning/v1/warnings/{id:guid}/cap", "GET /early-warning/v1/warnings/feed",
                "GET /early-warning/v1/warnings/keys", "GET /early-warning/v1/warnings/stream",
            ],
            new Dictionary<string, string> { ["documentName"] = "v1" });
    }
}
