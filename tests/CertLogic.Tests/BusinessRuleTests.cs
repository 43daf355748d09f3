using System.Text.Json;
using SmartCity.HealthCode.CertLogic;

namespace CertLogic.Tests;

public sealed class BusinessRuleTests
{
    private static readonly DateTimeOffset Clock = new(2022, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_rule_reads_payload_and_external_data()
    {
        var rule = Parse(Rule(logic: """{"===":[{"var":"payload.v.0.co"},{"var":"external.country"}]}"""));

        rule.Evaluate(Json("""{"v":[{"co":"CN"}]}"""), Json("""{"country":"CN"}""")).IsTrue.ShouldBeTrue();
        rule.Evaluate(Json("""{"v":[]}"""), Json("""{"country":"CN"}""")).IsTrue.ShouldBeFalse();
        rule.Descriptions["en"].ShouldBe("text");
    }

    [Fact]
    public void Of_each_identifier_the_highest_valid_version_applies()
    {
        BusinessRule[] rules =
        [
            Parse(Rule(version: "1.0.9")), Parse(Rule(version: "1.0.10")), Parse(Rule(version: "2.0.0", from: "2022-03-01T00:00:01Z")),
            Parse(Rule(id: "GR-XX-0001", kind: "General")), Parse(Rule(id: "TR-XX-0001", kind: "Test")),
            Parse(Rule(id: "IR-XX-0001", type: "Invalidation")), Parse(Rule(id: "VR-YY-0001", country: "YY")),
            Parse(Rule(id: "VR-XX-0002", to: "2022-02-28T23:59:59Z")),
        ];

        BusinessRule.Applicable(rules, "XX", BusinessRuleType.Acceptance, "Vaccination", Clock)
            .Select(rule => $"{rule.Identifier} {rule.Version}").ShouldBe(["GR-XX-0001 1.0.0", "VR-XX-0001 1.0.10"]);
    }

    [Theory]
    [InlineData("\"EngineVersion\":\"1.3.3\"", "\"EngineVersion\":\"1.4.0\"")]
    [InlineData("\"CERTLOGIC\"", "\"JSONLOGIC\"")]
    [InlineData("\"Acceptance\"", "\"Other\"")]
    [InlineData("\"ValidFrom\"", "\"From\"")]
    [InlineData("\"Logic\":true", "\"Logic\":null")]
    public void What_cannot_be_read_is_refused_with_a_reason(string part, string instead)
    {
        var json = Rule().Replace(part, instead);
        json.ShouldNotBe(Rule());

        BusinessRule.TryParse(JsonElement.Parse(json), out _, out var fault).ShouldBeFalse();
        fault.ShouldNotBeNullOrEmpty();
    }

    private static string Rule(
        string id = "VR-XX-0001", string type = "Acceptance", string country = "XX", string version = "1.0.0", string kind = "Vaccination",
        string from = "2022-01-01T00:00:00Z", string to = "2022-12-31T00:00:00Z", string logic = "true") =>
        $$"""
        {"Identifier":"{{id}}","Type":"{{type}}","Country":"{{country}}","Version":"{{version}}","Engine":"CERTLOGIC","EngineVersion":"1.3.3",
        "CertificateType":"{{kind}}","ValidFrom":"{{from}}","ValidTo":"{{to}}","Description":[{"lang":"en","desc":"text"}],"Logic":{{logic}}}
        """;

    private static BusinessRule Parse(string json)
    {
        BusinessRule.TryParse(JsonElement.Parse(json), out var rule, out var fault).ShouldBeTrue(fault);
        return rule!;
    }

    private static LogicValue Json(string json) => LogicValue.From(JsonElement.Parse(json));
}
