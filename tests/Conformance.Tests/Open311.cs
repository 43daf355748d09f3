using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Json.Schema;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace Conformance.Tests;

/// <summary>
/// What the running service answers as Open311 GeoReport v2 keeps the published schemas: the one of each file, and the one that the published description (swagger)
/// gives each operation; and what it answers as XML says the same as what it answers as JSON.
/// </summary>
public sealed class Open311(CityServers servers) : IClassFixture<CityServers>
{
    private const string Path = "/government-services/open311/v2";

    private static readonly EvaluationOptions Strict = new() { RequireFormatValidation = true, OutputFormat = OutputFormat.List };

    [Fact]
    public async Task Our_answers_keep_the_published_schemas()
    {
        var folder = ReferenceData.Folder("open311");
        await using var database = await TestDatabase.CreateAsync<GovernmentServicesDb>(servers);
        await using var app = new CityApp<Program>(
            "government-services", clock: null,
            [
                .. await servers.BrokerSettingsAsync(), ("ConnectionStrings:government-services-db", database.ConnectionString),
                ("services:health-code:grpc:0", "http://localhost:1"), ("services:early-warning:grpc:0", "http://localhost:1"), ("Clients:Secret", "not asked for"),
                ("PersonalData:Key", "a key for tests, with thirty-two characters or more"),
            ]);
        var answers = await AnswersAsync(app);

        Subject.Run("open311", FileCases(folder, answers).Concat(OperationCases(folder, answers)).Concat(XmlCases(answers)));
    }

    [Fact]
    public void An_answer_that_lacks_something_is_found_out()
    {
        var schema = Schemas(ReferenceData.Folder("open311"))["request"];
        JsonNode Request(string status) => JsonNode.Parse($$"""{ "service_request_id": "1", "status": "{{status}}", "service_code": "traffic", "requested_datetime": "2026-03-01T08:00:00+00:00" }""")!;
        var lacking = Request("open");
        lacking.AsObject().Remove("service_code");

        Miss(schema, Request("open")).ShouldBeNull();
        Miss(schema, Request("lost")).ShouldNotBeNull();
        Miss(schema, lacking).ShouldNotBeNull();
    }

    /// <summary>Reports of every kind, with and without a place, waiting, merged, answered and reopened; then every address of ours, by the published operation's.</summary>
    private static async Task<IReadOnlyList<Answer>> AnswersAsync(CityApp<Program> app)
    {
        var citizen = app.As(Guid.NewGuid(), Roles.Citizen);
        var services = JsonNode.Parse(await citizen.GetStringAsync($"{Path}/services.json"))!.AsArray();
        var codes = services.Select(service => service!["service_code"]!.GetValue<string>()).ToArray();
        var sent = new List<(string Format, string Text)>();
        foreach (var (code, n) in codes.Select((code, n) => (code, n)))
        {
            var format = n % 2 == 0 ? "json" : "xml";
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["service_code"] = code, ["description"] = $"Something about {code}", ["lat"] = n % 3 == 0 ? "" : "31.2304", ["long"] = n % 3 == 0 ? "" : "121.4737",
            });
            using var response = await citizen.PostAsync($"{Path}/requests.{format}", form);
            var text = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue(text);
            sent.Add((format, text));
        }

        var listed = JsonNode.Parse(await citizen.GetStringAsync($"{Path}/requests.json"))!.AsArray();
        var ids = listed.Select(request => request!["service_request_id"]!.GetValue<string>()).ToArray();
        ids.Length.ShouldBeGreaterThan(1, $"{codes.Length} {listed} {string.Join("\n", sent)}");
        await AnswerAsync(app, ids[..2]);

        var answers = new List<Answer> { new("post", "/requests", JsonNode.Parse(sent.First(one => one.Format == "json").Text)!, XDocument.Parse(sent.First(one => one.Format == "xml").Text), SameContent: false) };
        foreach (var (operation, address) in new[] { ("/services", "/services"), ("/requests", "/requests"), ("/requests", "/requests?status=closed"), ("/requests", $"/requests?service_request_id={ids[0]},{ids[^1]}") }
            .Concat(codes.Select(code => ("/services/{service_code}", $"/services/{code}")))
            .Concat(ids.Select(id => ("/request/{service_request_id}", $"/requests/{id}")))
            .Concat(ids.Select(id => ("/tokens/{token_id}", $"/tokens/{id}"))))
        {
            async Task<string> GetAsync(string format)
            {
                var parts = address.Split('?');
                return await app.Anyone().GetStringAsync($"{Path}{parts[0]}.{format}{(parts.Length > 1 ? $"?{parts[1]}" : "")}");
            }

            answers.Add(new Answer("get", operation, JsonNode.Parse(await GetAsync("json"))!, XDocument.Parse(await GetAsync("xml")), address));
        }

        return answers;
    }

    private static async Task AnswerAsync(CityApp<Program> app, IEnumerable<string> ids)
    {
        foreach (var id in ids)
            foreach (var department in new[] { "health-commission", "public-security", "government-services", "emergency-management" })
                using (await app.AsOfficer(Guid.NewGuid(), department, Roles.DepartmentOfficer).PostAsJsonAsync($"/government-services/v1/department/reports/{id}/answer", new { text = "Done." })) { }
    }

    /// <summary>A file <c>x.json</c> describes every answer that is one, and a file <c>xs.json</c> every list of them.</summary>
    private static IEnumerable<Case> FileCases(string folder, IReadOnlyList<Answer> answers)
    {
        var schemas = Schemas(folder);
        foreach (var answer in answers.Where(answer => answer.Method == "get"))
        {
            var (list, one) = answer.Operation switch
            {
                "/services" => ("services", "service"),
                "/requests" or "/request/{service_request_id}" => ("requests", "request"),
                "/services/{service_code}" => (null, "service-definition"),
                _ => (null, null),
            };
            if (list is not null && schemas.TryGetValue(list, out var whole)) yield return new Case($"{list}.json {answer.Address}", () => Miss(whole, answer.Json));
            if (one is null || !schemas.TryGetValue(one, out var each)) continue;
            foreach (var (item, n) in (answer.Json is JsonArray items ? items.ToArray() : [answer.Json]).Select((item, n) => (item!, n)))
                yield return new Case($"{one}.json {answer.Address} [{n}]", () => Miss(each, item));
        }
    }

    private static IEnumerable<Case> OperationCases(string folder, IReadOnlyList<Answer> answers) =>
        from file in ReferenceData.Files(folder, "*.json")
        let description = JsonNode.Parse(File.ReadAllText(file))!
        where description["swagger"] is not null
        from path in description["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        let schema = operation.Value?["responses"]?["200"]?["schema"]
        where schema is not null
        let name = path.Key.Replace(".{response_format}", "", StringComparison.Ordinal)
        let ours = answers.Where(answer => answer.Method == operation.Key && answer.Operation == name).ToArray()
        from answer in ours.DefaultIfEmpty(null)
        select new Case($"{operation.Key} {name} {answer?.Address}", () => answer is null ? "we have no such operation" : MissOf(answer, Inlined(schema, description)));

    /// <summary>GeoReport's text has a list where the description has one object: one of a list is then compared.</summary>
    private static string? MissOf(Answer answer, JsonNode schema) =>
        answer.Json is JsonArray items && schema["type"]?.GetValue<string>() != "array"
            ? items.Select(item => Miss(schema, item!)).FirstOrDefault(miss => miss is not null)
            : Miss(schema, answer.Json);

    private static IEnumerable<Case> XmlCases(IReadOnlyList<Answer> answers) =>
        answers.Where(answer => answer.SameContent).Select(answer => new Case($"xml {answer.Address}", () =>
        {
            var (json, xml) = (Texts(answer.Json).Order(StringComparer.Ordinal), Texts(answer.Xml.Root!).Order(StringComparer.Ordinal));
            return json.SequenceEqual(xml) ? null : $"XML says {string.Join("; ", xml.Except(json).Take(3))} and JSON {string.Join("; ", json.Except(xml).Take(3))}";
        }));

    private static IEnumerable<string> Texts(JsonNode? json, string name = "") => json switch
    {
        JsonObject members => members.SelectMany(member => Texts(member.Value, member.Key)),
        JsonArray items => items.SelectMany(item => Texts(item, name)),
        null => [$"{name}="],
        _ => [$"{name}={json}"],
    };

    private static IEnumerable<string> Texts(XElement xml) =>
        xml.HasElements ? xml.Elements().SelectMany(Texts) : xml.Value is "" && xml.Name.LocalName == "attributes" ? [] : [$"{xml.Name.LocalName}={xml.Value}"];

    private static Dictionary<string, JsonNode> Schemas(string folder)
    {
        var files = ReferenceData.Files(folder, "*.json").ToDictionary(file => System.IO.Path.GetFileName(file), file => JsonNode.Parse(File.ReadAllText(file))!);
        return files.Where(file => file.Value["swagger"] is null)
            .ToDictionary(file => System.IO.Path.GetFileNameWithoutExtension(file.Key), file => Inlined(file.Value, file.Value, files));
    }

    /// <summary>References put in place, so that a schema stands on its own.</summary>
    private static JsonNode Inlined(JsonNode? node, JsonNode document, IReadOnlyDictionary<string, JsonNode>? files = null)
    {
        switch (node)
        {
            case JsonObject members when members["$ref"]?.GetValue<string>() is { } reference:
                var target = reference.StartsWith("#/", StringComparison.Ordinal)
                    ? reference[2..].Split('/').Aggregate(document, (at, step) => at[step]!)
                    : (files ?? throw new FormatException($"{reference} is nowhere."))[reference];
                return Inlined(target, document, files);
            case JsonObject members:
                return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : (JsonNode?)Inlined(member.Value, document, files))));
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Inlined(item, document, files))]);
            default:
                return node!.DeepClone();
        }
    }

    private static string? Miss(JsonNode schema, JsonNode answer)
    {
        var results = JsonSchema.FromText(schema.ToJsonString()).Evaluate(JsonSerializer.SerializeToElement(answer), Strict);
        return results.IsValid ? null : string.Join("; ", (results.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Value}")));
    }

    private sealed record Answer(string Method, string Operation, JsonNode Json, XDocument Xml, string Address = "", bool SameContent = true);
}
