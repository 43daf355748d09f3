using System.Text.RegularExpressions;

namespace SmartCity.Architecture.Tests;

/// <summary>What <c>docs/threats.md</c> claims is shown by tests that exist.</summary>
public sealed partial class ThreatTests
{
    [Fact]
    public void Every_test_that_the_threats_name_is_there()
    {
        var named = Name().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "threats.md"))).Select(match => match.Groups[1].Value).ToArray();
        var there = Repository.Files("tests", "*.cs").SelectMany(file => Test().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet();

        named.Length.ShouldBeGreaterThan(20);
        named.Except(there).ShouldBeEmpty();
    }

    [GeneratedRegex("`([A-Z][a-zA-Z0-9]*_\\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex Test();
}
