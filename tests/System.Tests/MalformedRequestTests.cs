using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.Replay;

namespace SmartCity.System.Tests;

/// <summary>Requests that nobody should send, made from each service's own OpenAPI document with a fixed seed: every answer is an answer.</summary>
public sealed class MalformedRequestTests(RunningCity city)
{
    private const int RequestsPerEndpoint = 200;
    private const int AtOnce = 8;

    private static readonly string[] Nonsense =
    [
        "", " ", "null", "[]", "{}", "\"\"", "0", "-1", "1e999", "true", "{", "[1,", "\u0000", "{\"a\":{\"a\":{\"a\":{\"a\":1}}}}", "💥", "'; DROP TABLE citizens; --", "../../etc/passwd",
        "%00", "<script>", "9999999999999999999999", "00000000-0000-0000-0000-000000000000", "2026-13-45T99:99:99Z", "NaN", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00",
    ];

    [Theory]
    [InlineData("identity")]
    [InlineData("health-code")]
    [InlineData("place-registration")]
    [InlineData("government-services")]
    [InlineData("early-warning")]
    public async Task Every_malformed_request_is_answered_with_a_problem_that_has_a_code(string service)
    {
        using var http = new HttpClient { BaseAddress = city.Gateway, Timeout = TimeSpan.FromSeconds(30) };
        var document = JsonNode.Parse(await http.GetStringAsync($"/{service}/openapi/v1.json"))!;
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        using var client = city.Open();
        var staff = await Neighbours.StaffAsync(client);
        var (citizen, _) = await Neighbours.CitizenAsync(client);
        Account[] callers = [citizen, staff.Venue, staff.Laboratory, staff.HealthOfficer, staff.Approver, staff.DepartmentOfficer, staff.Operator];

        var complaints = new List<string>();
        var random = new Random(20260101);
        foreach (var (method, path, operation) in Operations(document))
        {
            var requests = Enumerable.Range(0, RequestsPerEndpoint).Select(i => Make(method, path, operation, document, callers[i % callers.Length], random)).ToArray();
            await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, token) =>
            {
                using (request)
                {
                    var sent = $"{request.Method} {request.RequestUri} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync(token))}";
                    // A stream never ends by itself: its head is the answer.
                    using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                    if (await ComplaintAsync(answer, token) is not { } complaint) return;
                    lock (complaints) complaints.Add($"{complaint}: {sent[..Math.Min(sent.Length, 300)]}");
                }
            });
        }

        complaints.Take(20).ShouldBeEmpty();
    }

    private static async Task<string?> ComplaintAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if ((int)answer.StatusCode < 400) return null;
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if ((int)answer.StatusCode >= 500) return $"{(int)answer.StatusCode} {text}";
        try
        {
            return JsonNode.Parse(text)?["code"]?.GetValue<string>() is { Length: > 0 } ? null : $"{(int)answer.StatusCode} without a code";
        }
        catch (JsonException)
        {
            return $"{(int)answer.StatusCode} without a problem";
        }
    }

    private static IEnumerable<(HttpMethod Method, string Path, JsonNode Operation)> Operations(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "post" or "put" or "delete" or "patch"
        select (new HttpMethod(operation.Key.ToUpperInvariant()), path.Key, operation.Value);

    /// <summary>A request that is wrong in one or more of its parts, and right in the others so that it gets far.</summary>
    private static HttpRequestMessage Make(HttpMethod method, string path, JsonNode operation, JsonNode document, Account caller, Random random)
    {
        var query = new List<string>();
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            var name = parameter!["name"]!.GetValue<string>();
            if (parameter["in"]!.GetValue<string>() == "path") path = path.Replace($"{{{name}}}", Uri.EscapeDataString(random.Next(2) == 0 ? Guid.NewGuid().ToString() : Segment(random)), StringComparison.Ordinal);
            else if (random.Next(2) == 0) query.Add($"{name}={Uri.EscapeDataString(Pick(random))}");
        }

        var request = new HttpRequestMessage(method, query.Count == 0 ? path : $"{path}?{string.Join('&', query)}");
        if (random.Next(8) != 0) request.Headers.TryAddWithoutValidation("Idempotency-Key", random.Next(6) == 0 ? "not-a-uuid" : Guid.NewGuid().ToString());
        if (random.Next(10) != 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.AccessToken);
        if (operation["requestBody"]?["content"]?.AsObject() is { Count: > 0 } content) request.Content = Body(content.First(), document, random);
        return request;
    }

    private static StringContent Body(KeyValuePair<string, JsonNode?> content, JsonNode document, Random random)
    {
        var text = random.Next(5) switch
        {
            0 => Pick(random),
            1 => Encoding.UTF8.GetString(Enumerable.Range(0, random.Next(200)).Select(_ => (byte)random.Next(256)).ToArray()),
            _ => content.Key.Contains("form", StringComparison.Ordinal)
                ? string.Join('&', Enumerable.Range(0, 4).Select(_ => $"{Uri.EscapeDataString(Pick(random))}={Uri.EscapeDataString(Pick(random))}").Append("grant_type=refresh_token"))
                : Value(content.Value!["schema"], document, random, depth: 0)?.ToJsonString() ?? "null",
        };
        var body = new StringContent(text, Encoding.UTF8);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(random.Next(15) == 0 ? "text/plain" : content.Key);
        return body;
    }

    /// <summary>A value of the schema in which now and then a member is missing, of the wrong type or out of bounds.</summary>
    private static JsonNode? Value(JsonNode? schema, JsonNode document, Random random, int depth)
    {
        if (schema?["$ref"] is { } reference) schema = reference.GetValue<string>().Split('/').Skip(1).Aggregate(document, (node, part) => node![part]!);
        if (schema is null || depth > 6 || random.Next(9) == 0) return JsonValue.Create(Pick(random));
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices) return Value(choices[random.Next(choices.Count)], document, random, depth + 1);
        if (schema["enum"] is JsonArray words) return words[random.Next(words.Count)]?.DeepClone();

        switch (schema["type"] is JsonArray types ? types[0]!.GetValue<string>() : schema["type"]?.GetValue<string>())
        {
            case "object":
                var members = new JsonObject();
                foreach (var (name, member) in schema["properties"]?.AsObject() ?? []) if (random.Next(10) != 0) members[name] = Value(member, document, random, depth + 1);
                return members;
            case "array":
                return new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Value(schema["items"], document, random, depth + 1))]);
            case "integer":
                return JsonValue.Create(new[] { 0, 1, -1, int.MaxValue, int.MinValue, 50 }[random.Next(6)]);
            case "number":
                return JsonValue.Create(new[] { 0, 31.2, -91, 1e300, 181 }[random.Next(5)]);
            case "boolean":
                return JsonValue.Create(random.Next(2) == 0);
            default:
                return JsonValue.Create(schema["format"]?.GetValue<string>() switch
                {
                    "uuid" => Guid.NewGuid().ToString(),
                    "date-time" => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(random.Next(-14, 15))).AddDays(random.Next(-4000, 4000)).ToString("O"),
                    _ => random.Next(3) == 0 ? new string('长', random.Next(5000)) : Pick(random),
                });
        }
    }

    /// <summary>Not empty, which would be another path, and without NUL, which the server's parser refuses before there is a request to answer.</summary>
    private static string Segment(Random random) => Pick(random) is { } value && value is not ("" or "\u0000") ? value : "x";

    private static string Pick(Random random) => Nonsense[random.Next(Nonsense.Length)];
}
