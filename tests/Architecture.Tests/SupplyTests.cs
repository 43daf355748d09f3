using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace SmartCity.Architecture.Tests;

/// <summary>What the city is made of is written down.</summary>
public sealed class SupplyTests
{
    private static readonly string[] Free = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MS-PL OR Apache-2.0", "PostgreSQL", "MPL-2.0", "Apache-2.0 OR MPL-2.0", "Apache-2.0 OR MIT"];

    [Fact]
    public void Every_package_is_in_the_bill_of_materials_with_its_licence()
    {
        var bill = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "supply-chain", "sbom.cdx.json")))!["components"]!.AsArray();
        var listed = bill.Select(component => $"{component!["name"]} {component["version"]}").ToHashSet();
        var standIns = Directory.GetDirectories(Path.Combine(Repository.Root, "standins")).Select(Path.GetFileName).ToHashSet();
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Where(package => package.Attribute("Condition")?.Value.Contains("registry", StringComparison.Ordinal) != true)
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        var used = new[] { "AppHost", "ServiceDefaults", "services", "gateway", "standins", "tests", "tools", "benchmarks" }
            .SelectMany(folder => Repository.Files(folder, "*.csproj"))
            .SelectMany(file => XDocument.Load(file).Descendants("PackageReference").Select(package => package.Attribute("Include")?.Value).OfType<string>())
            .Where(package => !standIns.Contains(package) && versions.ContainsKey(package)).Distinct().ToArray();

        used.Length.ShouldBeGreaterThan(20);
        used.Select(package => $"{package} {versions[package]}").Where(package => !listed.Contains(package)).ShouldBeEmpty("dotnet run build/Sbom.cs writes it anew");
        bill.Select(component => (Name: component!["name"]!.GetValue<string>(), Licence: component["licenses"]![0]!["license"]!["name"]!.GetValue<string>()))
            .Where(package => !Free.Contains(package.Licence)).ShouldBeEmpty();
    }
}
