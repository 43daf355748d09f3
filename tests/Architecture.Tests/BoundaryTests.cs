using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SmartCity.Architecture.Tests;

/// <summary>What may know what. Each rule was seen failing: see the commit that added it.</summary>
public sealed partial class BoundaryTests
{
    [Fact]
    public void A_service_references_only_itself_the_shared_projects_and_contracts()
    {
        var strangers =
            from project in Repository.Files("services", "*.csproj")
            let service = Repository.Relative(project).Split('/')[1]
            from reference in XDocument.Load(project).Descendants("ProjectReference").Select(reference => (string)reference.Attribute("Include")!)
            let target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, reference.Replace('\\', '/')))
            let allowed = Repository.Relative(target).StartsWith($"services/{service}/", StringComparison.Ordinal)
                || Repository.Relative(target).StartsWith("ServiceDefaults/", StringComparison.Ordinal)
                || target.EndsWith(".Contracts.csproj", StringComparison.Ordinal)
            where !allowed
            select $"{Repository.Relative(project)} -> {Repository.Relative(target)}";

        strangers.ShouldBeEmpty();
    }

    [Fact]
    public void The_gateway_and_the_tools_know_no_service()
    {
        var known =
            from project in Repository.Files("gateway", "*.csproj").Concat(Repository.Files("tools", "*.csproj"))
            from reference in XDocument.Load(project).Descendants("ProjectReference").Select(reference => (string)reference.Attribute("Include")!)
            where reference.Contains("services/", StringComparison.Ordinal)
            select $"{Repository.Relative(project)} -> {reference}";

        known.ShouldBeEmpty();
    }

    [Fact]
    public void A_domain_is_pure()
    {
        var impure =
            from file in Repository.Files("services", "*.cs")
            where Repository.Relative(file).Split('/').Contains("Domain")
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where Impure().IsMatch(line.Text)
            select $"{Repository.Relative(file)}:{line.Number}: {line.Text.Trim()}";

        impure.ShouldBeEmpty();
    }

    [Fact]
    public void Pure_libraries_do_no_io()
    {
        var doing =
            from folder in new[] { "services/EarlyWarning/SmartCity.EarlyWarning.Detection", "services/HealthCode/SmartCity.HealthCode.CertLogic", "services/HealthCode/SmartCity.HealthCode.Credentials", "services/GovernmentServices/SmartCity.GovernmentServices.Certificates" }
            from file in Repository.Files(folder, "*.cs")
            from line in File.ReadLines(file)
            where Impure().IsMatch(line) || line.Contains("File.", StringComparison.Ordinal) || line.Contains("HttpClient", StringComparison.Ordinal)
            select $"{Repository.Relative(file)}: {line.Trim()}";

        doing.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_blocks_a_thread_or_loses_an_exception()
    {
        var blocking =
            from folder in new[] { "services", "gateway", "ServiceDefaults", "tools" }
            from file in Repository.Files(folder, "*.cs")
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where Blocking().IsMatch(line.Text)
            select $"{Repository.Relative(file)}:{line.Number}: {line.Text.Trim()}";

        blocking.ShouldBeEmpty();
    }

    [Fact]
    public void A_program_is_a_table_of_contents()
    {
        var long_ = Repository.Files("services", "Program.cs").Append(Path.Combine(Repository.Root, "gateway", "Program.cs"))
            .Where(file => File.ReadLines(file).Count() > 60)
            .Select(Repository.Relative);

        long_.ShouldBeEmpty();
    }

    [GeneratedRegex(@"using (Microsoft\.EntityFrameworkCore|Npgsql|MassTransit|Microsoft\.AspNetCore\.Http|System\.Net\.Http|Microsoft\.Extensions\.Logging|Grpc)|\bTimeProvider\b|\bILogger\b|\bDbContext\b")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\.Wait\(\)|\.GetAwaiter\(\)\.GetResult\(\)|\basync void\b|\bTask\.Run\(|catch \{ \}")]
    private static partial Regex Blocking();
}
