using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SmartCity.Architecture.Tests;

/// <summary>Every text a person reads exists in both languages, and every problem code has one.</summary>
public sealed partial class TextTests
{
    private const string Shared = "ServiceDefaults/SmartCity.ServiceDefaults/Resources/Problems.resx";

    [Fact]
    public void Both_languages_have_the_same_texts_with_the_same_placeholders()
    {
        var differences =
            from english in Repository.Files("services", "*.resx").Concat(Repository.Files("ServiceDefaults", "*.resx")).Concat(Repository.Files("gateway", "*.resx"))
            where !english.EndsWith(".zh-CN.resx", StringComparison.Ordinal)
            let texts = Texts(english)
            let chinese = Texts(Path.ChangeExtension(english, null) + ".zh-CN.resx")
            from key in texts.Keys.Union(chinese.Keys)
            where !texts.TryGetValue(key, out var en) || !chinese.TryGetValue(key, out var zh) || !Placeholders(en).SequenceEqual(Placeholders(zh))
            select $"{Repository.Relative(english)}: {key}";

        differences.ShouldBeEmpty();
    }

    [Fact]
    public void Every_problem_code_has_a_text()
    {
        var shared = Texts(Path.Combine(Repository.Root, Shared)).Keys.ToHashSet();
        var silent =
            from file in Repository.Files("services", "*.cs")
            let service = string.Join('/', Repository.Relative(file).Split('/').Take(3))
            let problems = Path.Combine(Repository.Root, service, "Resources", "Problems.resx")
            where File.Exists(problems)
            let known = Texts(problems).Keys.ToHashSet()
            from Match code in Code().Matches(File.ReadAllText(file))
            where !known.Contains(code.Groups[1].Value) && !shared.Contains(code.Groups[1].Value)
            select $"{Repository.Relative(file)}: {code.Groups[1].Value}";

        silent.ShouldBeEmpty();
    }

    [Fact]
    public void Every_text_that_a_page_asks_for_exists_once()
    {
        var files = Repository.Files("services/Portal", "*.resx").Where(file => !file.EndsWith(".zh-CN.resx", StringComparison.Ordinal)).ToList();
        var known = files.SelectMany(file => Texts(file).Keys).ToList();
        var missing =
            from file in Repository.Files("services/Portal", "*.razor").Concat(Repository.Files("services/Portal", "*.cs"))
            from Match key in PageText().Matches(File.ReadAllText(file))
            where !known.Contains(key.Groups[1].Value)
            select $"{Repository.Relative(file)}: {key.Groups[1].Value}";

        missing.ShouldBeEmpty();
        known.GroupBy(key => key).Where(key => key.Count() > 1).Select(key => key.Key).ShouldBeEmpty();
    }

    private static Dictionary<string, string> Texts(string file) =>
        XDocument.Load(file).Root!.Elements("data").ToDictionary(text => (string)text.Attribute("name")!, text => (string)text.Element("value")!);

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Value).Distinct().Order();

    [GeneratedRegex("""\bT\["([a-z0-9_.]+)"[\],]""")]
    private static partial Regex PageText();

    [GeneratedRegex("""Refusal(?:\.\w+)?\(\s*"([a-z0-9_]+)"\s*[,)]""")]
    private static partial Regex Code();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();
}
