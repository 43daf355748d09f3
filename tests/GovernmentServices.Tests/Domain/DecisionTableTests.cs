using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SmartCity.GovernmentServices.Domain.DecisionTables;

namespace SmartCity.GovernmentServices.Tests.Domain;

public sealed class DecisionTableTests
{
    private static readonly Dictionary<string, ColumnType> Columns =
        new() { ["size"] = ColumnType.Number, ["word"] = ColumnType.Text, ["truth"] = ColumnType.Truth };

    /// <summary>Bounds in generated cells are whole, so two stretches that meet at all meet at a whole or half number, the largest of them beyond 7.</summary>
    private static readonly decimal?[] Sizes = [null, .. Enumerable.Range(-2, 18).Select(half => (decimal?)(half / 2m))];

    private static readonly string?[] Words = [null, "a", "b", "c", "never named"];
    private static readonly bool?[] Truths = [null, true, false];

    private static readonly (decimal? Size, string? Word, bool? Truth)[] Everything =
        [.. from size in Sizes from word in Words from truth in Truths select (size, word, truth)];

    [Fact]
    public void Collect_gives_every_rule_that_a_naive_reading_gives_and_first_gives_the_first_of_them() => Prop.ForAll(Rules.ToArbitrary(), rules =>
    {
        var (collect, first) = (Table(HitPolicy.Collect, rules), Table(HitPolicy.First, rules));
        foreach (var point in Everything)
        {
            var expected = Enumerable.Range(1, rules.Length).Where(rule => rules[rule - 1].Holds(point)).ToArray();
            Ask(collect, point).ShouldBe(expected, $"{point}: {string.Join("; ", rules.Select(rule => rule.Text))}");
            Ask(first, point).ShouldBe(expected.Take(1));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_unique_table_loads_exactly_when_no_two_rules_can_hold_at_once_and_then_the_order_of_rules_says_nothing() => Prop.ForAll(Rules.ToArbitrary(), rules =>
    {
        var ambiguous = Everything.Any(point => rules.Count(rule => rule.Holds(point)) > 1);
        if (ambiguous)
        {
            Should.Throw<FormatException>(() => Table(HitPolicy.Unique, rules)).Message.ShouldContain("at the same time");
            return;
        }

        var (table, reversed) = (Table(HitPolicy.Unique, rules), Table(HitPolicy.Unique, [.. rules.Reverse()]));
        foreach (var point in Everything)
            Ask(reversed, point).Select(rule => rules.Length + 1 - rule).ShouldBe(Ask(table, point));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("date", "[2022-03-01..2022-04-01)", "2022-03-31", true)]
    [InlineData("date", "[2022-03-01..2022-04-01)", "2022-04-01", false)]
    [InlineData("date", "not(2022-03-01, >= 2022-05-01)", "2022-03-02", true)]
    [InlineData("date", "-", "not a date", true)]
    [InlineData("date", "null", "not a date", true)]
    [InlineData("date", "not(2022-03-01)", "not a date", false)]
    [InlineData("text", "\"a, b\", c", "a, b", true)]
    [InlineData("text", "c,d", "d", true)]
    public void Cells_are_read_as_they_are_written(string column, string cell, string fact, bool holds)
    {
        var table = new DecisionTable(new DecisionTableDefinition(
            HitPolicy.First, new Dictionary<string, ColumnType> { ["fact"] = Enum.Parse<ColumnType>(column, ignoreCase: true) }, [], [Rule("fact", cell)]));

        table.Decide(JsonSerializer.SerializeToElement(new { fact, other = 1 })).Count.ShouldBe(holds ? 1 : 0);
    }

    [Theory]
    [InlineData("size", "six", "Rule 1, size: 'six' is no number.")]
    [InlineData("size", "(3..3]", "Rule 1, size: '(3..3]' holds for nothing.")]
    [InlineData("size", "", "Rule 1, size: '' has an empty alternative; write - for anything.")]
    [InlineData("word", "a,,b", "Rule 1, word: 'a,,b' has an empty alternative; write - for anything.")]
    [InlineData("word", "not(null)", "Rule 1, word: 'not(null)' must name the values it excludes; null it excludes anyway.")]
    [InlineData("word", "\"a", "Rule 1, word: '\"a' does not end its quotes.")]
    [InlineData("truth", "perhaps", "Rule 1, truth: 'perhaps' is neither true nor false.")]
    [InlineData("weight", "1", "Rule 1 asks for weight, which is no input.")]
    public void A_table_that_says_nothing_clear_does_not_load(string input, string cell, string fault) =>
        Should.Throw<FormatException>(() => new DecisionTable(new DecisionTableDefinition(HitPolicy.First, Columns, [], [Rule(input, cell)]))).Message.ShouldBe(fault);

    [Fact]
    public void A_table_gives_what_it_promises_and_has_rules()
    {
        Should.Throw<FormatException>(() => new DecisionTable(new DecisionTableDefinition(HitPolicy.First, Columns, ["grade"], [Rule("size", "1")])))
            .Message.ShouldBe("Rule 1 must give grade.");
        Should.Throw<FormatException>(() => new DecisionTable(new DecisionTableDefinition(HitPolicy.First, Columns, [], [])));
    }

    private static RuleDefinition Rule(string input, string cell) => new(new Dictionary<string, string> { [input] = cell }, new Dictionary<string, JsonElement>());

    private static DecisionTable Table(HitPolicy policy, ModelRule[] rules) => new(new DecisionTableDefinition(policy, Columns, [],
        [.. rules.Select(rule => new RuleDefinition(
            new Dictionary<string, string> { ["size"] = rule.Size.Text, ["word"] = rule.Word.Text, ["truth"] = rule.Truth.Text }, new Dictionary<string, JsonElement>()))]));

    private static int[] Ask(DecisionTable table, (decimal? Size, string? Word, bool? Truth) point) =>
        [.. table.Decide(new Dictionary<string, object?> { ["size"] = point.Size, ["word"] = point.Word, ["truth"] = point.Truth }).Select(hit => hit.Rule)];

    // The model: what is written beside what it means, said a second time and without sets.
    private sealed record ModelCell<T>(string Text, Func<T, bool> Holds);

    private sealed record ModelRule(ModelCell<decimal?> Size, ModelCell<string?> Word, ModelCell<bool?> Truth)
    {
        public string Text => $"{Size.Text} | {Word.Text} | {Truth.Text}";

        public bool Holds((decimal? Size, string? Word, bool? Truth) point) => Size.Holds(point.Size) && Word.Holds(point.Word) && Truth.Holds(point.Truth);
    }

    private static Gen<ModelRule[]> Rules =>
        from count in Gen.Choose(1, 4)
        from rules in Gen.ArrayOf(from size in SizeCell from word in WordCell from truth in TruthCell select new ModelRule(size, word, truth), count)
        select rules;

    private static Gen<ModelCell<decimal?>> SizeCell =>
        from cell in Gen.OneOf(Gen.Constant(Anything<decimal?>()), Gen.Constant(Nothing<decimal?>()), Some(Comparison))
        select cell;

    private static Gen<ModelCell<bool?>> TruthCell => Gen.Elements(
        Anything<bool?>(), Nothing<bool?>(), new ModelCell<bool?>("true", truth => truth == true), new ModelCell<bool?>("not(true)", truth => truth == false),
        new ModelCell<bool?>("false, null", truth => truth != true));

    private static Gen<ModelCell<decimal?>> Comparison => Gen.OneOf(
        from value in Gen.Choose(0, 5)
        from sign in Gen.Elements("<", "<=", ">", ">=", "")
        select new ModelCell<decimal?>($"{sign} {value}", size => sign switch { "<" => size < value, "<=" => size <= value, ">" => size > value, ">=" => size >= value, _ => size == value }),
        from low in Gen.Choose(0, 4)
        from width in Gen.Choose(1, 3)
        from open in Gen.Elements("[", "(")
        from close in Gen.Elements("]", ")")
        select new ModelCell<decimal?>(string.Create(CultureInfo.InvariantCulture, $"{open}{low}..{low + width}{close}"),
            size => size > low && size < low + width || (size == low && open == "[") || (size == low + width && close == "]")));

    private static Gen<ModelCell<string?>> WordCell =>
        Gen.OneOf(Gen.Constant(Anything<string?>()), Gen.Constant(Nothing<string?>()), Some(Gen.Elements("a", "b", "c").Select(word => new ModelCell<string?>(word, said => said == word))));

    /// <summary>One to three alternatives, or the opposite of them.</summary>
    private static Gen<ModelCell<T>> Some<T>(Gen<ModelCell<T>> one) =>
        from count in Gen.Choose(1, 3)
        from cells in Gen.ArrayOf(one, count)
        from not in Gen.Elements(true, false)
        let text = string.Join(", ", cells.Select(cell => cell.Text))
        select not
            ? new ModelCell<T>($"not({text})", value => value is not null && !cells.Any(cell => cell.Holds(value)))
            : new ModelCell<T>(text, value => cells.Any(cell => cell.Holds(value)));

    private static ModelCell<T> Anything<T>() => new("-", _ => true);

    private static ModelCell<T> Nothing<T>() => new("null", value => value is null);
}
