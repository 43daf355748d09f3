using System.Text.Json;
using SmartCity.HealthCode.CertLogic;

namespace Conformance.Tests;

/// <summary>Rules that countries published: each folder holds a rule.json and, in tests/, data with the answers its authors expect.</summary>
public sealed class DccRules
{
    [Fact]
    public void Rules_of_countries_answer_as_their_authors_expect()
    {
        var folder = ReferenceData.Folder("dcc-rules");
        Subject.Run("dcc-rules", ReferenceData.Files(folder, "rule.json").SelectMany(file => CasesOf(folder, Path.GetDirectoryName(file)!)));
    }

    private static IEnumerable<Case> CasesOf(string root, string folder)
    {
        var name = Path.GetRelativePath(root, folder).Replace('\\', '/');
        var readable = BusinessRule.TryParse(Read(Path.Combine(folder, "rule.json")), out var rule, out var fault);
        yield return new(name, () => fault);
        if (!readable || !Directory.Exists(Path.Combine(folder, "tests")))
            yield break;
        foreach (var test in ReferenceData.Files(Path.Combine(folder, "tests"), "*.json"))
            yield return new($"{name}/{Path.GetFileName(test)}", () => AnswerDiffers(rule!, Read(test)));
    }

    private static string? AnswerDiffers(BusinessRule rule, JsonElement test)
    {
        var payload = test.TryGetProperty("payload", out var given) ? LogicValue.From(given) : default;
        var answer = rule.Evaluate(payload, LogicValue.From(test.GetProperty("external")));
        var expected = test.GetProperty("expected").GetBoolean();
        return answer.Kind == LogicKind.Boolean && answer.IsTrue == expected ? null : $"{answer.Kind} {answer.Reason} instead of {expected}";
    }

    private static JsonElement Read(string file) => JsonElement.Parse(File.ReadAllBytes(file));
}
