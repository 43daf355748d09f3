using System.Collections.Frozen;
using System.Text.Json;

namespace SmartCity.GovernmentServices.Domain.DecisionTables;

/// <summary>How many rules of a table may speak (DMN 1.5 §8.2.11).</summary>
internal enum HitPolicy
{
    /// <summary>No two rules can hold at the same time: a table in which two could is refused when it is loaded.</summary>
    Unique,

    /// <summary>The first rule that holds speaks.</summary>
    First,

    /// <summary>Every rule that holds speaks, in the table's order.</summary>
    Collect,
}

/// <summary>What a column compares.</summary>
internal enum ColumnType
{
    Number,
    Text,
    Truth,

    /// <summary>A calendar date, ISO 8601.</summary>
    Date,
}

/// <summary>A decision table as data: what people write, version and review.</summary>
/// <param name="Hit">How many rules may speak.</param>
/// <param name="Inputs">The columns that are compared, by name.</param>
/// <param name="Outputs">What every rule must give.</param>
/// <param name="Rules">In order.</param>
internal sealed record DecisionTableDefinition(
    HitPolicy Hit, IReadOnlyDictionary<string, ColumnType> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<RuleDefinition> Rules);

/// <param name="When">A cell per input, see <see cref="Cell"/>; an input that is not named may be anything.</param>
/// <param name="Then">A value per output.</param>
internal sealed record RuleDefinition(IReadOnlyDictionary<string, string> When, IReadOnlyDictionary<string, JsonElement> Then);

/// <summary>A rule that held.</summary>
/// <param name="Rule">Its number in the table, from 1.</param>
/// <param name="Values">What it gives, per output.</param>
internal sealed record RuleHit(int Rule, IReadOnlyDictionary<string, JsonElement> Values)
{
    public JsonElement this[string output] => Values[output];
}

/// <summary>
/// A decision table after DMN, compiled once and asked often. Facts that are absent, or of another type than their column, hold only for cells that
/// allow anything or <c>null</c>: what is not known never makes somebody eligible by a comparison.
/// </summary>
internal sealed class DecisionTable
{
    private readonly KeyValuePair<string, ColumnType>[] columns;
    private readonly Cell[][] cells;
    private readonly RuleHit[] hits;
    private readonly HitPolicy policy;

    /// <exception cref="FormatException">The table cannot be worked with; the message says where.</exception>
    public DecisionTable(DecisionTableDefinition definition)
    {
        (columns, policy) = ([.. definition.Inputs], definition.Hit);
        if (definition.Rules.Count == 0) throw new FormatException("A table without rules decides nothing.");
        cells = [.. definition.Rules.Select((rule, index) => Compile(definition, rule, index + 1))];
        hits = [.. definition.Rules.Select((rule, index) => new RuleHit(index + 1, rule.Then.ToFrozenDictionary()))];
        if (policy == HitPolicy.Unique && FirstOverlap() is { } pair) throw new FormatException($"Rules {pair.One} and {pair.Other} can hold at the same time.");
    }

    /// <summary>The names of what it asks about.</summary>
    public IEnumerable<string> Inputs => columns.Select(column => column.Key);

    /// <summary>Everything it can say.</summary>
    public IReadOnlyList<RuleHit> Hits => hits;

    /// <summary>What the table says: at most one hit unless it collects; none where no rule holds.</summary>
    /// <param name="facts">Per input a number, text, truth value, <see cref="DateOnly"/> or a <see cref="JsonElement"/> of these; more facts than inputs do no harm.</param>
    public IReadOnlyList<RuleHit> Decide(IReadOnlyDictionary<string, object?> facts)
    {
        var points = new Point[columns.Length];
        for (var column = 0; column < columns.Length; column++)
            points[column] = facts.TryGetValue(columns[column].Key, out var fact) ? Point.Of(fact, columns[column].Value) : Point.Absent;

        var spoken = new List<RuleHit>(1);
        for (var rule = 0; rule < cells.Length; rule++)
        {
            if (!Holds(cells[rule], points)) continue;
            spoken.Add(hits[rule]);
            if (policy != HitPolicy.Collect) break;
        }

        return spoken;
    }

    /// <summary>The same for the members of a JSON object, for example a form that was filled in.</summary>
    public IReadOnlyList<RuleHit> Decide(JsonElement facts) =>
        Decide(columns.Where(column => facts.TryGetProperty(column.Key, out _)).ToDictionary(column => column.Key, column => (object?)facts.GetProperty(column.Key)));

    private static bool Holds(Cell[] rule, Point[] points)
    {
        for (var column = 0; column < rule.Length; column++)
            if (!rule[column].Contains(points[column])) return false;
        return true;
    }

    private static Cell[] Compile(DecisionTableDefinition definition, RuleDefinition rule, int number)
    {
        foreach (var name in rule.When.Keys)
            if (!definition.Inputs.ContainsKey(name)) throw new FormatException($"Rule {number} asks for {name}, which is no input.");
        if (!rule.Then.Keys.ToHashSet().SetEquals(definition.Outputs)) throw new FormatException($"Rule {number} must give {string.Join(", ", definition.Outputs)}.");
        return [.. definition.Inputs.Select(input => Parse(rule.When.GetValueOrDefault(input.Key, "-"), input, number))];
    }

    private static Cell Parse(string text, KeyValuePair<string, ColumnType> input, int number)
    {
        try
        {
            return Cell.Parse(text, input.Value);
        }
        catch (FormatException fault)
        {
            throw new FormatException($"Rule {number}, {input.Key}: {fault.Message}", fault);
        }
    }

    private (int One, int Other)? FirstOverlap()
    {
        for (var one = 0; one < cells.Length; one++)
            for (var other = one + 1; other < cells.Length; other++)
                if (cells[one].Zip(cells[other]).All(pair => pair.First.Intersects(pair.Second)))
                    return (one + 1, other + 1);
        return null;
    }
}
