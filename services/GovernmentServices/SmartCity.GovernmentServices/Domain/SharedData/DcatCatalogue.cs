using System.Text;
using System.Text.Json.Nodes;

namespace SmartCity.GovernmentServices.Domain.SharedData;

/// <summary>An open data set as the catalogue describes it.</summary>
internal sealed record OpenAsset(Guid Id, string Department, LocalText DepartmentName, LocalText Name, LocalText Description, UpdateFrequency Frequency, DateTimeOffset Issued, DateTimeOffset Modified);

/// <summary>The open data of the city as DCAT-AP 3.0.1 describes such catalogues: one graph, written as Turtle and as JSON-LD.</summary>
internal sealed class DcatCatalogue
{
    private const string Dcat = "http://www.w3.org/ns/dcat#";
    private const string Terms = "http://purl.org/dc/terms/";
    private const string Foaf = "http://xmlns.com/foaf/0.1/";
    private const string Type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
    private const string Xsd = "http://www.w3.org/2001/XMLSchema#";
    private const string Authority = "http://publications.europa.eu/resource/authority/";
    private const string Licence = "https://creativecommons.org/licenses/by/4.0/";

    private readonly List<(string Subject, string Predicate, Value Object)> triples = [];

    private DcatCatalogue()
    {
    }

    /// <param name="address">The public address of the service, without a slash at its end.</param>
    /// <param name="assets">What is open.</param>
    public static DcatCatalogue Describe(string address, IReadOnlyList<OpenAsset> assets)
    {
        var graph = new DcatCatalogue();
        var catalogue = $"{address}/open-data/catalog";
        graph.Is(catalogue, $"{Dcat}Catalog");
        graph.Say(catalogue, $"{Terms}title", new LocalText("城市开放数据目录", "The city's open data"));
        graph.Say(catalogue, $"{Terms}description", new LocalText("各部门已登记并向公众开放的数据。", "Data that departments registered and opened to everybody."));
        graph.Link(catalogue, $"{Terms}publisher", graph.Agent(address, "government-services", new LocalText("政务服务管理局", "Government Services Bureau")));
        graph.Link(catalogue, $"{Terms}license", graph.OfType(Licence, $"{Terms}LicenseDocument"));
        foreach (var asset in assets) graph.Link(catalogue, $"{Dcat}dataset", graph.Dataset(address, asset));
        return graph;
    }

    private string Dataset(string address, OpenAsset asset)
    {
        var dataset = $"{address}/data-assets/{asset.Id}";
        Is(dataset, $"{Dcat}Dataset");
        Say(dataset, $"{Terms}title", asset.Name);
        Say(dataset, $"{Terms}description", asset.Description);
        triples.Add((dataset, $"{Terms}identifier", new Value(asset.Id.ToString())));
        triples.Add((dataset, $"{Terms}issued", Time(asset.Issued)));
        triples.Add((dataset, $"{Terms}modified", Time(asset.Modified)));
        Link(dataset, $"{Terms}publisher", Agent(address, asset.Department, asset.DepartmentName));
        Link(dataset, $"{Terms}accrualPeriodicity", OfType($"{Authority}frequency/{FrequencyCode(asset.Frequency)}", $"{Terms}Frequency"));
        Link(dataset, $"{Terms}accessRights", OfType($"{Authority}access-right/PUBLIC", $"{Terms}RightsStatement"));
        foreach (var (ending, format) in new[] { ("csv", "CSV"), ("json", "JSON") })
        {
            var file = $"{address}/open-data/{asset.Id}.{ending}";
            var distribution = $"{dataset}#{ending}";
            Is(distribution, $"{Dcat}Distribution");
            Link(distribution, $"{Dcat}accessURL", file);
            Link(distribution, $"{Dcat}downloadURL", file);
            Link(distribution, $"{Terms}format", OfType($"{Authority}file-type/{format}", $"{Terms}MediaTypeOrExtent"));
            Link(distribution, $"{Terms}license", OfType(Licence, $"{Terms}LicenseDocument"));
            Link(dataset, $"{Dcat}distribution", distribution);
        }

        return dataset;
    }

    private string Agent(string address, string department, LocalText name)
    {
        var agent = $"{address}/departments/{department}";
        if (triples.Exists(triple => triple.Subject == agent)) return agent;
        Is(agent, $"{Foaf}Agent");
        Say(agent, $"{Foaf}name", name);
        return agent;
    }

    private string OfType(string resource, string type)
    {
        if (!triples.Exists(triple => triple.Subject == resource)) Is(resource, type);
        return resource;
    }

    private void Is(string subject, string type) => Link(subject, Type, type);

    private void Link(string subject, string predicate, string resource) => triples.Add((subject, predicate, new Value(resource, IsResource: true)));

    private void Say(string subject, string predicate, LocalText text)
    {
        triples.Add((subject, predicate, new Value(text.Zh, Language: "zh-Hans")));
        triples.Add((subject, predicate, new Value(text.En, Language: "en")));
    }

    private static Value Time(DateTimeOffset time) => new(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture), Datatype: $"{Xsd}dateTime");

    private static string FrequencyCode(UpdateFrequency frequency) => frequency switch
    {
        UpdateFrequency.Continuous => "UPDATE_CONT",
        UpdateFrequency.Daily => "DAILY",
        UpdateFrequency.Weekly => "WEEKLY",
        UpdateFrequency.Monthly => "MONTHLY",
        UpdateFrequency.Annual => "ANNUAL",
        UpdateFrequency.Irregular => "IRREG",
        _ => throw new ArgumentOutOfRangeException(nameof(frequency)),
    };

    /// <summary>Turtle, of which its part N-Triples is enough: one statement a line.</summary>
    public string ToTurtle()
    {
        var text = new StringBuilder();
        foreach (var (subject, predicate, value) in triples) text.Append('<').Append(subject).Append("> <").Append(predicate).Append("> ").Append(value.InTurtle()).Append(" .\n");
        return text.ToString();
    }

    /// <summary>JSON-LD 1.1, expanded: it needs no context from elsewhere.</summary>
    public JsonArray ToJsonLd() =>
    [
        .. triples.GroupBy(triple => triple.Subject).Select(about =>
        {
            var node = new JsonObject { ["@id"] = about.Key };
            foreach (var said in about.GroupBy(triple => triple.Predicate))
            {
                if (said.Key == Type) node["@type"] = new JsonArray([.. said.Select(triple => (JsonNode)triple.Object.Text)]);
                else node[said.Key] = new JsonArray([.. said.Select(triple => (JsonNode)triple.Object.InJsonLd())]);
            }

            return (JsonNode)node;
        }),
    ];

    private sealed record Value(string Text, bool IsResource = false, string? Language = null, string? Datatype = null)
    {
        public string InTurtle()
        {
            if (IsResource) return $"<{Text}>";
            var escaped = Text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r");
            if (Language is not null) return $"\"{escaped}\"@{Language}";
            return Datatype is null ? $"\"{escaped}\"" : $"\"{escaped}\"^^<{Datatype}>";
        }

        public JsonObject InJsonLd()
        {
            if (IsResource) return new JsonObject { ["@id"] = Text };
            var value = new JsonObject { ["@value"] = Text };
            if (Language is not null) value["@language"] = Language;
            if (Datatype is not null) value["@type"] = Datatype;
            return value;
        }
    }
}
