// Writes docs/supply-chain/: the bill of materials (CycloneDX 1.6) and the list of licences, from what the last restore resolved.
// dotnet run build/Sbom.cs
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var root = Directory.GetCurrentDirectory();
if (!File.Exists(Path.Combine(root, "SmartCity.sln"))) throw new InvalidOperationException("Run it in the root of the checkout, after a build.");
var packages = new SortedDictionary<string, Package>(StringComparer.Ordinal);
foreach (var file in Directory.GetFiles(root, "project.assets.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
{
    using var assets = JsonDocument.Parse(File.ReadAllText(file));
    var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToArray();
    var isTest = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0] is "tests" or "benchmarks";
    foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject())
    {
        if (library.Value.GetProperty("type").GetString() != "package") continue;
        var known = packages.GetValueOrDefault(library.Name);
        packages[library.Name] = known is null ? Read(library, folders, isTest) : known with { TestsOnly = known.TestsOnly && isTest };
    }
}

var folder = Directory.CreateDirectory(Path.Combine(root, "docs", "supply-chain")).FullName;
var bill = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject { ["component"] = new JsonObject { ["type"] = "application", ["name"] = "SmartCity" } },
    ["components"] = new JsonArray([.. packages.Values.Select(package => package.AsComponent())]),
};
File.WriteAllText(Path.Combine(folder, "sbom.cdx.json"), bill.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
File.WriteAllLines(Path.Combine(folder, "licences.md"),
[
    "# Licences", "", "Written by `dotnet run build/Sbom.cs`: every package that a restore of the default packages resolves, and what its author says.", "",
    "| package | version | licence | where |", "|---|---|---|---|",
    .. packages.Values.Select(package => $"| {package.Id} | {package.Version} | {package.Licence} | {(package.TestsOnly ? "tests" : "city")} |"),
]);
Console.WriteLine($"{packages.Count} packages, {packages.Values.Count(package => !package.TestsOnly)} of them in the running city");

static Package Read(JsonProperty library, string[] folders, bool isTest)
{
    var (id, version) = (library.Name.Split('/')[0], library.Name.Split('/')[1]);
    var path = library.Value.GetProperty("path").GetString()!;
    var specification = folders.Select(folder => Path.Combine(folder, path, $"{id.ToLowerInvariant()}.nuspec")).First(File.Exists);
    var metadata = XDocument.Load(specification).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    var licence = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "license");
    var said = licence switch
    {
        null => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "licenseUrl")?.Value ?? "not said",
        _ when licence.Attribute("type")?.Value == "expression" => licence.Value,
        _ => $"file {licence.Value} in the package",
    };
    return new Package(id, version, said, library.Value.GetProperty("sha512").GetString()!, isTest);
}

/// <summary>A package as restored.</summary>
internal sealed record Package(string Id, string Version, string Licence, string Sha512, bool TestsOnly)
{
    public JsonObject AsComponent() => new()
    {
        ["type"] = "library",
        ["name"] = Id,
        ["version"] = Version,
        ["scope"] = TestsOnly ? "excluded" : "required",
        ["purl"] = $"pkg:nuget/{Id}@{Version}",
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(Sha512)) }),
        ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = Licence } }),
    };
}
