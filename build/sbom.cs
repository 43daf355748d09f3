// What the city is made of, from what was restored: dotnet run build/sbom.cs            a CycloneDX 1.6 document
//                                                dotnet run build/sbom.cs licences   a table of packages by licence
// Only what is shipped: test projects, benchmarks and packages that only builds need are left out.
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var root = Directory.GetCurrentDirectory();
if (!File.Exists(Path.Combine(root, "SmartCity.sln"))) return Fail("Start this in the folder of SmartCity.sln.");
string[] shipped = ["AppHost", "ServiceDefaults", "services", "gateway", "standins", "tools"];
var assets = shipped.Select(folder => Path.Combine(root, folder)).SelectMany(folder => Directory.EnumerateFiles(folder, "project.assets.json", SearchOption.AllDirectories)).ToArray();
if (assets.Length == 0) return Fail("Nothing is restored yet: dotnet restore SmartCity.sln");

var packages = new SortedDictionary<string, Package>(StringComparer.OrdinalIgnoreCase);
foreach (var file in assets)
{
    var project = JsonNode.Parse(File.ReadAllText(file))!;
    var folders = project["packageFolders"]!.AsObject().Select(folder => folder.Key).ToArray();
    // Used at run time: it brings an assembly, a native library or is a tool's content; others only help to build.
    var used = project["targets"]!.AsObject().SelectMany(target => target.Value!.AsObject())
        .Where(library => new[] { "runtime", "runtimeTargets" }.Any(kind => library.Value![kind] is JsonObject files && files.Any(one => !one.Key.EndsWith("_._", StringComparison.Ordinal))))
        .Select(library => library.Key).ToHashSet();
    foreach (var (key, library) in project["libraries"]!.AsObject())
    {
        if (library!["type"]!.GetValue<string>() != "package" || !used.Contains(key)) continue;
        var folder = folders.Select(one => Path.Combine(one, library["path"]!.GetValue<string>())).First(Directory.Exists);
        var metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root!.Elements().First();
        string? Of(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value.Trim();
        var expression = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "license" && (string?)element.Attribute("type") == "expression")?.Value.Trim();
        packages[key] = new(key.Split('/')[0], key.Split('/')[1], expression, Of("licenseUrl"), Of("authors") ?? "", Convert.ToHexStringLower(Convert.FromBase64String(library["sha512"]!.GetValue<string>())));
    }
}

if (args is ["licences"])
{
    foreach (var licence in packages.Values.GroupBy(package => package.Licence ?? package.LicenceAddress ?? "not stated").OrderBy(group => group.Key, StringComparer.Ordinal))
        Console.WriteLine($"{licence.Key}\n{string.Join('\n', licence.Select(package => $"  {package.Name} {package.Version} ({package.Authors})"))}");
    return 0;
}

var components = packages.Values.Select(package =>
{
    var licence = package.Licence is { } expression ? new JsonObject { ["expression"] = expression } : new JsonObject { ["license"] = new JsonObject { ["name"] = package.LicenceAddress ?? "not stated" } };
    return (JsonNode)new JsonObject
    {
        ["type"] = "library", ["bom-ref"] = package.Address, ["name"] = package.Name, ["version"] = package.Version, ["purl"] = package.Address, ["publisher"] = package.Authors,
        ["licenses"] = new JsonArray(licence), ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = package.Sha512 }),
    };
}).ToArray();
// No time and no serial number: the same packages make the same document.
var document = new JsonObject
{
    ["bomFormat"] = "CycloneDX", ["specVersion"] = "1.6", ["version"] = 1,
    ["metadata"] = new JsonObject { ["component"] = new JsonObject { ["type"] = "application", ["name"] = "SmartCity", ["bom-ref"] = "smartcity" } },
    ["components"] = new JsonArray(components),
};
Console.WriteLine(document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
return 0;

static int Fail(string why)
{
    Console.Error.WriteLine(why);
    return 1;
}

internal sealed record Package(string Name, string Version, string? Licence, string? LicenceAddress, string Authors, string Sha512)
{
    public string Address => $"pkg:nuget/{Name}@{Version}";
}
