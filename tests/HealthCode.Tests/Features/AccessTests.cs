using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class AccessTests(CityServers servers)
{
    [Fact]
    public async Task Every_endpoint_lets_in_whom_its_rule_names_and_nobody_else()
    {
        await using var town = await Town.StartAsync(servers);

        await EveryEndpoint.HoldsItsRuleAsync(
            town.App,
            approvedPublic:
            [
                "GET /health/live", "GET /health/ready", "GET /health-code/openapi/{documentName}.json", "GET /health-code/v1/keys",
                "GET /health-code/v1/trust-list", "GET /health-code/v1/trust-list/key", "GET /health-code/v1/revocation-list",
            ],
            new Dictionary<string, string> { ["documentName"] = "v1" });
    }

    [Fact]
    public async Task Every_operation_is_named_and_described_in_the_openapi_document()
    {
        await using var town = await Town.StartAsync(servers);

        var document = await town.App.Anyone().GetFromJsonAsync<JsonElement>("/health-code/openapi/v1.json");

        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToArray();
        operations.Length.ShouldBeGreaterThan(25);
        operations.ShouldAllBe(operation => operation.Value.GetProperty("operationId").GetString()!.Length > 0 && operation.Value.GetProperty("summary").GetString()!.Length > 0);
    }
}
