using System.Text.Json;
using SmartCity.HealthCode.CertLogic;

namespace Conformance.Tests;

/// <summary>The published suites of the rule language: expressions with data and results, and expressions with their issues.</summary>
public sealed class CertLogicSuite
{
    private const string ValidationFolder = "validation-testSuite";

    [Fact]
    public void Expressions_evaluate_as_published() =>
        Subject.Run("certlogic", Suites(validation: false).SelectMany(suite => CasesOf(suite).SelectMany(@case => Assertions(suite, @case))));

    [Fact]
    public void The_validator_finds_the_published_issues() =>
        Subject.Run("certlogic-validation", Suites(validation: true).SelectMany(suite => CasesOf(suite).Select((@case, number) =>
            new Case($"{suite.File} #{number}", () => IssuesDiffer(@case)))));

    private static IEnumerable<(string File, JsonElement Json)> Suites(bool validation)
    {
        var folder = ReferenceData.Folder("certlogic");
        return ReferenceData.Files(folder, "*.json")
            .Select(file => (File: Path.GetRelativePath(folder, file).Replace('\\', '/'), Json: JsonElement.Parse(File.ReadAllBytes(file))))
            .Where(suite => suite.File.StartsWith(ValidationFolder + "/", StringComparison.Ordinal) == validation)
            .Where(suite => Binds(suite.Json));
    }

    // The suites mark what an implementation need not do with a directive.
    private static bool Binds(JsonElement json) => !(json.TryGetProperty("directive", out var directive) && directive.ValueEquals("skip"));

    private static IEnumerable<JsonElement> CasesOf((string, JsonElement Json) suite) =>
        suite.Json.GetProperty("cases").EnumerateArray().Where(Binds);

    private static IEnumerable<Case> Assertions((string File, JsonElement) suite, JsonElement @case)
    {
        var number = 0;
        foreach (var assertion in @case.GetProperty("assertions").EnumerateArray())
        {
            number++;
            if (!Binds(assertion))
                continue;
            var expression = assertion.TryGetProperty("certLogicExpression", out var own) ? own : @case.GetProperty("certLogicExpression");
            yield return new($"{suite.File} {@case.GetProperty("name")} #{number}", () => ResultDiffers(expression, assertion));
        }
    }

    private static string? ResultDiffers(JsonElement expression, JsonElement assertion)
    {
        if (!CompiledLogic.TryCompile(expression, out var logic, out var issues))
            return $"does not compile: {issues[0].Message}";
        var data = assertion.TryGetProperty("data", out var given) ? LogicValue.From(given) : default;
        var result = logic.Evaluate(data);
        var expected = assertion.GetProperty("expected");
        return Same(result, expected) ? null : $"{result.Kind} {result.Reason} instead of {expected}";
    }

    private static bool Same(LogicValue actual, JsonElement expected) => expected.ValueKind switch
    {
        JsonValueKind.Null => actual.Kind == LogicKind.Null,
        JsonValueKind.True or JsonValueKind.False => actual.Kind == LogicKind.Boolean && actual.IsTrue == expected.GetBoolean(),
        JsonValueKind.Number => actual.Number == expected.GetDouble(),
        JsonValueKind.String when actual.Instant is { } instant => instant == expected.GetDateTimeOffset(),
        JsonValueKind.String => actual.Text == expected.GetString(),
        JsonValueKind.Array => actual.Items is { } items && items.Count == expected.GetArrayLength()
            && items.Zip(expected.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
        JsonValueKind.Object => actual.Properties is { } properties && properties.Count() == expected.EnumerateObject().Count()
            && expected.EnumerateObject().All(property => Same(actual[property.Name], property.Value)),
        _ => false,
    };

    private static string? IssuesDiffer(JsonElement @case)
    {
        var found = CertLogicValidator.Validate(@case.GetProperty("certLogicExpression"));
        var expected = @case.GetProperty("issues").EnumerateArray().ToList();
        var same = found.Count == expected.Count && found.Zip(expected).All(pair =>
            pair.First.Message == pair.Second.GetProperty("message").GetString()
            && JsonElement.DeepEquals(pair.First.Expression, pair.Second.GetProperty("expr")));
        return same ? null : $"found [{string.Join("; ", found.Select(issue => issue.Message))}]";
    }
}
