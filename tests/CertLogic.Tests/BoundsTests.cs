using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SmartCity.HealthCode.CertLogic;

namespace CertLogic.Tests;

public sealed class BoundsTests
{
    private static readonly string[] Operators =
    [
        "var", "if", "and", "!", "===", "in", "+", "<", ">", "<=", ">=", "after", "before", "not-after", "not-before", "plusTime",
        "dccDateOfBirth", "extractFromUVCI", "reduce",
    ];

    [Fact]
    public void Depth_and_size_are_bounded_before_anything_is_compiled()
    {
        CertLogicValidator.Validate(Nested(CertLogicValidator.MaxDepth / 2 - 1)).ShouldBeEmpty();
        CertLogicValidator.Validate(Nested(CertLogicValidator.MaxDepth / 2)).ShouldHaveSingleItem().Message.ShouldContain("nested deeper");
        Compiles("[" + string.Join(",", Enumerable.Repeat("1", CertLogicValidator.MaxSize - 1)) + "]").ShouldBeTrue();
        Compiles("[" + string.Join(",", Enumerable.Repeat("1", CertLogicValidator.MaxSize)) + "]").ShouldBeFalse();

        static JsonElement Nested(int times) => JsonElement.Parse(
            string.Concat(Enumerable.Repeat("{\"!\":[", times)) + "1" + string.Concat(Enumerable.Repeat("]}", times)),
            new JsonDocumentOptions { MaxDepth = 1000 });
    }

    [Theory]
    [InlineData("""{"if":[true,true]}""")]
    [InlineData("""{"and":[true]}""")]
    [InlineData("""{"in":["a"]}""")]
    [InlineData("""{"<":[1,2,3,4]}""")]
    [InlineData("""{"!":[]}""")]
    [InlineData("""{"plusTime":["2021",1,"week"]}""")]
    [InlineData("""{"plusTime":["2021",0.5,"day"]}""")]
    [InlineData("""{"plusTime":["2021",{"var":"x"},"day"]}""")]
    [InlineData("""{"extractFromUVCI":[{"var":"x"}]}""")]
    [InlineData("""{"reduce":[[],1]}""")]
    [InlineData("""{"or":[true,false]}""")]
    [InlineData("""{"var":["x"]}""")]
    [InlineData("""{"if":[true,true,null]}""")]
    [InlineData("""{"!":[1],"!":[2]}""")]
    public void What_is_not_certlogic_does_not_compile(string expression) => Compiles(expression).ShouldBeFalse();

    [Fact]
    public void Any_json_is_refused_or_evaluates_on_any_data_but_never_throws() =>
        Prop.ForAll(Json(4).Zip(Json(4)).ToArbitrary(), pair =>
            {
                if (CompiledLogic.TryCompile(JsonElement.Parse(pair.Item1), out var logic, out var issues))
                    logic.Evaluate(LogicValue.From(JsonElement.Parse(pair.Item2)));
                return logic is null == issues.Count > 0;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static bool Compiles(string expression) => CompiledLogic.TryCompile(JsonElement.Parse(expression), out _, out _);

    private static Gen<string> Json(int depth)
    {
        var leaf = Gen.Elements("null", "true", "false", "0", "1", "-7", "2.5", "\"\"", "\"x\"", "\"day\"", "\"2021-06-01\"", "\"x.0\"",
            """{"var":"x"}""", """{"var":""}""");
        if (depth == 0)
            return leaf;
        var list = Json(depth - 1).ListOf().Select(items => "[" + string.Join(",", items.Take(4)) + "]");
        return Gen.OneOf(leaf, list, Gen.Elements(Operators).Zip(list, (name, operands) => $$"""{"{{name}}":{{operands}}}"""));
    }
}
