using SmartCity.HealthCode.CertLogic;

namespace CertLogic.Tests;

public sealed class EvaluationTests
{
    [Theory]
    [InlineData("null", false)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("-0.0", false)]
    [InlineData("\"\"", false)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("true", true)]
    [InlineData("-1", true)]
    [InlineData("0.5", true)]
    [InlineData("\"0\"", true)]
    [InlineData("[null]", true)]
    [InlineData("{\"a\":null}", true)]
    public void Truth_is_that_of_the_specification_not_of_javascript(string data, bool truth)
    {
        Logic.Evaluate("""{"if":[{"var":""},true,false]}""", data).IsTrue.ShouldBe(truth);
        Logic.Evaluate("""{"!":[{"var":""}]}""", data).IsTrue.ShouldBe(!truth);
    }

    [Theory]
    [InlineData("[1,1]", true)]
    [InlineData("[1,1.0]", true)]
    [InlineData("[1,\"1\"]", false)]
    [InlineData("[0,false]", false)]
    [InlineData("[null,null]", true)]
    [InlineData("[null,0]", false)]
    [InlineData("[[],[]]", false)]
    [InlineData("[{},{}]", false)]
    public void Equality_never_converts_and_compares_containers_by_identity(string data, bool equal) =>
        Logic.Evaluate("""{"===":[{"var":"0"},{"var":"1"}]}""", data).IsTrue.ShouldBe(equal);

    [Fact]
    public void A_container_is_equal_to_itself() =>
        Logic.Evaluate("""{"===":[{"var":"a"},{"var":"a"}]}""", """{"a":[]}""").IsTrue.ShouldBeTrue();

    [Fact]
    public void Long_lists_are_searched_as_short_ones_are()
    {
        const string expression = """{"in":[{"var":"x"},{"var":"list"}]}""";
        var list = string.Join(",", Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? $"\"{i}\"" : $"{i}"));

        foreach (var (x, found) in new[] { ("\"48\"", true), ("48", false), ("49", true), ("\"49\"", false), ("null", false) })
            Logic.Evaluate(expression, $$"""{"x":{{x}},"list":[{{list}}]}""").IsTrue.ShouldBe(found, x);
    }

    [Fact]
    public void Objects_with_many_properties_are_read_as_those_with_few_and_the_last_of_a_name_counts()
    {
        var data = "{" + string.Join(",", Enumerable.Range(0, 40).Select(i => $"\"p{i}\":{i}")) + ",\"p7\":\"last\"}";

        Logic.Evaluate("""{"var":"p39"}""", data).Number.ShouldBe(39);
        Logic.Evaluate("""{"var":"p7"}""", data).Text.ShouldBe("last");
        Logic.Evaluate("""{"var":"p40"}""", data).Kind.ShouldBe(LogicKind.Null);
    }

    [Theory]
    [InlineData("""{"if":[{"plusTime":["2021-01-01",0,"day"]},1,2]}""")] // neither truthy nor falsy
    [InlineData("""{"and":[true,{"plusTime":["2021-01-01",0,"day"]}]}""")]
    [InlineData("""{"in":["a","abc"]}""")]
    [InlineData("""{"in":["a",{"var":"x"}]}""")]
    [InlineData("""{"<":[1,"2"]}""")]
    [InlineData("""{"<":[1,2,{"var":"x"}]}""")]
    [InlineData("""{"+":["1",2]}""")]
    [InlineData("""{"after":["2021-01-01","2020-01-01"]}""")] // strings are not date-times
    [InlineData("""{"plusTime":[{"var":"x"},0,"day"]}""")]
    [InlineData("""{"plusTime":["2021-13-01",0,"day"]}""")]
    [InlineData("""{"plusTime":["2021-01-01",90000000000,"year"]}""")]
    [InlineData("""{"plusTime":[{"plusTime":["2021-01-01",0,"day"]},0,"day"]}""")]
    [InlineData("""{"dccDateOfBirth":["2021-01-01T00:00:00"]}""")]
    [InlineData("""{"extractFromUVCI":[1,0]}""")]
    [InlineData("""{"reduce":["abc",1,0]}""")]
    public void What_goes_wrong_is_an_error_with_a_reason_and_never_true(string expression)
    {
        var result = Logic.Evaluate(expression);

        result.Kind.ShouldBe(LogicKind.Error);
        result.Reason.ShouldNotBeNullOrEmpty();
        result.IsTrue.ShouldBeFalse();
        foreach (var around in new[]
                 {
                     $$"""{"!":[{{expression}}]}""", $$"""{"and":[true,{{expression}}]}""", $$"""[{{expression}}]""",
                     $$"""{"if":[{{expression}},true,true]}""", $$"""{"===":[{{expression}},1]}""", $$"""{"in":[{{expression}},[1]]}""",
                     $$"""{"reduce":[[1],{{expression}},0]}""", $$"""{"reduce":[[1],1,{{expression}}]}""", $$"""{"+":[1,{{expression}}]}""",
                 })
            Logic.Evaluate(around).Kind.ShouldBe(LogicKind.Error, around);
    }

    [Fact]
    public void A_branch_that_is_not_taken_cannot_fail() =>
        Logic.Evaluate("""{"if":[true,true,{"+":["1",2]}]}""").IsTrue.ShouldBeTrue();

    [Fact]
    public void Nested_reductions_end()
    {
        var list = "[" + string.Join(",", Enumerable.Repeat("1", 400)) + "]";
        var inner = $$"""{"reduce":[{{list}},{"+":[{"var":"accumulator"},1]},0]}""";

        Logic.Evaluate($$"""{"reduce":[{{list}},{"+":[{"var":"accumulator"},1]},0]}""").Number.ShouldBe(400);
        Logic.Evaluate($$"""{"reduce":[{{list}},{{inner}},0]}""").Reason.ShouldBe("the evaluation takes too many steps");
    }

    [Fact]
    public void One_compiled_expression_serves_many_threads()
    {
        var logic = Logic.Compile("""{"in":[{"var":"x"},["a","b","c","d","e","f","g","h","i","j"]]}""");

        Parallel.For(0, 10_000, i =>
            logic.Evaluate(LogicValue.Object(KeyValuePair.Create<string, LogicValue>("x", i % 2 == 0 ? "j" : "k"))).IsTrue.ShouldBe(i % 2 == 0));
    }
}
