using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class AccessTests(CityServers servers)
{
    [Fact]
    public async Task Every_endpoint_lets_in_whom_its_rule_names_and_nobody_else()
    {
        await using var town = await Town.CreateAsync(servers);

        await EveryEndpoint.HoldsItsRuleAsync(
            town.App,
            approvedPublic:
            [
                "GET /health/live", "GET /health/ready", "GET /place-registration/openapi/{documentName}.json", "GET /place-registration/v1/places",
                "GET /place-registration/v1/places/{id:guid}", "GET /place-registration/v1/admission-rules",
            ],
            new Dictionary<string, string> { ["documentName"] = "v1" });
    }
}
