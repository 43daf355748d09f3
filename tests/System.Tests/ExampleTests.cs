using System.Text.Json.Nodes;

namespace SmartCity.System.Tests;

/// <summary>Who reads the API's page sees what to send and what comes back, everywhere.</summary>
public sealed class ExampleTests(RunningCity city)
{
    [Theory]
    [InlineData("identity")]
    [InlineData("health-code")]
    [InlineData("place-registration")]
    [InlineData("government-services")]
    [InlineData("early-warning")]
    public async Task Every_operation_shows_an_example_of_what_it_takes_and_answers(string service)
    {
        using var http = new HttpClient { BaseAddress = city.Gateway };
        var document = JsonNode.Parse(await http.GetStringAsync($"/{service}/openapi/v1.json"))!;

        var silent =
            from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            where operation.Value is JsonObject
            let name = operation.Value["operationId"]?.GetValue<string>() ?? $"{operation.Key} {path.Key}"
            from missing in Missing(operation.Value)
            select $"{name}: {missing}";

        silent.ShouldBeEmpty();
    }

    private static IEnumerable<string> Missing(JsonNode operation)
    {
        foreach (var body in Silent(operation["requestBody"])) yield return $"request {body}";
        foreach (var (status, answer) in operation["responses"]!.AsObject().Where(answer => answer.Key.StartsWith('2')))
            foreach (var body in Silent(answer).Where(type => type.Contains("json", StringComparison.Ordinal))) yield return $"answer {status} {body}";
    }

    private static IEnumerable<string> Silent(JsonNode? carrier) =>
        from media in carrier?["content"]?.AsObject() ?? new JsonObject()
        where media.Value?["example"] is null && media.Value?["examples"] is null
        select media.Key;
}
