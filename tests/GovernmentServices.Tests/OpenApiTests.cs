using System.Text.Json;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class OpenApiTests(CityServers servers)
{
    [Fact]
    public async Task The_document_names_every_operation_and_tells_keys_limits_and_unchanged_answers()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        using var document = JsonDocument.Parse(await city.Anyone().GetStringAsync("/government-services/openapi/v1.json"));

        var paths = document.RootElement.GetProperty("paths").EnumerateObject();
        var operations = paths.SelectMany(path => path.Value.EnumerateObject().Select(entry => entry.Value)).ToArray();
        operations.Where(operation => !operation.TryGetProperty("operationId", out _) || !operation.TryGetProperty("summary", out _)).ShouldBeEmpty();
        operations
            .Where(operation => operation.TryGetProperty("parameters", out var parameters)
                && parameters.EnumerateArray().Any(parameter => parameter.GetProperty("name").GetString() == "Idempotency-Key"))
            .Select(operation => operation.GetProperty("operationId").GetString())
            .ShouldContain("FileReport");
        operations.Where(operation => operation.GetProperty("responses").TryGetProperty("304", out _)).Select(operation => operation.GetProperty("operationId").GetString()).ShouldContain("ListBulletins");
        document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("FileReportRequest").GetProperty("properties").GetProperty("text")
            .GetProperty("maxLength").GetInt32().ShouldBe(2000);
    }
}
