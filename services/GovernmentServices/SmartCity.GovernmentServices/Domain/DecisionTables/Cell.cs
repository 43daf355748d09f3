using System.Globalization;
using System.Text.Json;

namespace SmartCity.GovernmentServices.Domain.DecisionTables;

/// <summary>
/// The condition in one field of a table, as the set of values for which it holds. What is written (DMN's S-FEEL unary tests):
/// <c>-</c> anything, <c>null</c> absent, alternatives by comma, <c>not(...)</c> any value but these; for numbers and dates <c>5</c>, <c>&lt; 5</c>,
/// <c>&gt;= 5</c>, <c>[1..5)</c>; for text the words, in quotes where they hold a comma. Because it is a set, two rules can be compared before anybody asks.
/// </summary>
internal sealed record Cell
{
    private static readonly Interval[] Everywhere = [new(null, true, null, true)];

    private readonly bool anything, absent, not;
    private readonly Interval[] intervals;
    private readonly string[] words;

    private Cell(bool anything, bool absent, bool not, Interval[] intervals, string[] words) =>
        (this.anything, this.absent, this.not, this.intervals, this.words) = (anything, absent, not, intervals, words);

    /// <exception cref="FormatException">It says nothing that can be compared.</exception>
    public static Cell Parse(string text, ColumnType type)
    {
        var trimmed = text.Trim();
        if (trimmed == "-") return new Cell(true, true, false, Everywhere, []);
        var not = trimmed.StartsWith("not(", StringComparison.Ordinal) && trimmed.EndsWith(')');
        var alternatives = Alternatives(not ? trimmed[4..^1] : trimmed);
        var absent = alternatives.Remove("null");
        if (not && (absent || alternatives.Count == 0)) throw new FormatException($"'{text}' must name the values it excludes; null it excludes anyway.");
        return type switch
        {
            ColumnType.Number or ColumnType.Date => Ordered([.. alternatives.Select(one => Interval.Parse(one, type))], absent, not),
            ColumnType.Text => new Cell(false, absent, not, [], [.. alternatives.Select(Unquoted)]),
            ColumnType.Truth when alternatives.All(word => word is "true" or "false") => new Cell(false, absent, false, [], Truths(alternatives, not)),
            ColumnType.Truth => throw new FormatException($"'{text}' is neither true nor false."),
            _ => throw new InvalidOperationException($"Unknown column type {type}."),
        };
    }

    public bool Contains(Point point)
    {
        if (anything) return true;
        if (point.Number is { } number) return intervals.Any(interval => interval.Contains(number));
        if (point.Word is { } word) return words.Contains(word) != not;
        return absent;
    }

    /// <summary>Whether one value could satisfy both: of cells in the same column.</summary>
    public bool Intersects(Cell other)
    {
        if (absent && other.absent) return true;
        if (anything) return other.anything || other.SaysSomething;
        if (other.anything) return SaysSomething;
        if (intervals.Any(interval => other.intervals.Any(interval.Intersects))) return true;
        return (not, other.not) switch
        {
            // There is always one more word than two lists name.
            (true, true) => true,
            (true, false) => other.words.Except(words).Any(),
            (false, true) => words.Except(other.words).Any(),
            (false, false) => words.Intersect(other.words).Any(),
        };
    }

    private bool SaysSomething => not || words.Length > 0 || intervals.Length > 0;

    /// <summary>"Not" of intervals is the intervals between them: so an ordered cell is always a plain union.</summary>
    private static Cell Ordered(Interval[] intervals, bool absent, bool not) =>
        new(false, absent, false, not ? intervals.Aggregate(Everywhere, (left, taken) => [.. left.SelectMany(taken.LeaveOf)]) : intervals, []);

    private static string[] Truths(List<string> words, bool not) => not ? [.. new[] { "true", "false" }.Except(words)] : [.. words];

    private static string Unquoted(string word) => word.Length >= 2 && word[0] == '"' && word[^1] == '"' ? word[1..^1] : word;

    private static List<string> Alternatives(string text)
    {
        var (found, start, quoted) = (new List<string>(), 0, false);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && text[at] == '"') quoted = !quoted;
            if (at < text.Length && (quoted || text[at] != ',')) continue;
            var one = text[start..at].Trim();
            if (one.Length == 0) throw new FormatException($"'{text}' has an empty alternative; write - for anything.");
            found.Add(one);
            start = at + 1;
        }

        return quoted ? throw new FormatException($"'{text}' does not end its quotes.") : found;
    }
}

/// <summary>A fact as a cell sees it: a number (dates are the number of their day), a word, or absent.</summary>
internal readonly record struct Point(decimal? Number, string? Word)
{
    public static readonly Point Absent;

    public static Point Of(object? fact, ColumnType type) => (type, fact) switch
    {
        (ColumnType.Number, int number) => new(number, null),
        (ColumnType.Number, long number) => new(number, null),
        (ColumnType.Number, decimal number) => new(number, null),
        // Beyond decimal's range there is no rule that anybody would write.
        (ColumnType.Number, double number) when Math.Abs(number) < 1e28 => new((decimal)number, null),
        (ColumnType.Number, JsonElement { ValueKind: JsonValueKind.Number } json) when json.TryGetDecimal(out var number) => new(number, null),
        (ColumnType.Date, DateOnly date) => new(date.DayNumber, null),
        (ColumnType.Date, JsonElement { ValueKind: JsonValueKind.String } json) when TryDate(json.GetString(), out var date) => new(date.DayNumber, null),
        (ColumnType.Text, string word) => new(null, word),
        (ColumnType.Text, JsonElement { ValueKind: JsonValueKind.String } json) => new(null, json.GetString()),
        (ColumnType.Truth, bool truth) => new(null, truth ? "true" : "false"),
        (ColumnType.Truth, JsonElement { ValueKind: JsonValueKind.True }) => new(null, "true"),
        (ColumnType.Truth, JsonElement { ValueKind: JsonValueKind.False }) => new(null, "false"),
        _ => Absent,
    };

    public static bool TryDate(string? text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}

/// <summary>A stretch of numbers; an absent end is without bound. The flags say that an end is not included.</summary>
internal readonly record struct Interval(decimal? From, bool FromOpen, decimal? To, bool ToOpen)
{
    public static Interval Parse(string text, ColumnType type)
    {
        if (text.IndexOf("..", StringComparison.Ordinal) is > 0 and var dots && text[0] is '[' or '(' && text[^1] is ']' or ')')
        {
            var interval = new Interval(Value(text[1..dots], type), text[0] == '(', Value(text[(dots + 2)..^1], type), text[^1] == ')');
            return interval.IsEmpty ? throw new FormatException($"'{text}' holds for nothing.") : interval;
        }

        if (text.StartsWith("<=", StringComparison.Ordinal)) return new Interval(null, true, Value(text[2..], type), false);
        if (text.StartsWith(">=", StringComparison.Ordinal)) return new Interval(Value(text[2..], type), false, null, true);
        if (text[0] == '<') return new Interval(null, true, Value(text[1..], type), true);
        if (text[0] == '>') return new Interval(Value(text[1..], type), true, null, true);
        var only = Value(text, type);
        return new Interval(only, false, only, false);
    }

    public bool Contains(decimal value) =>
        (From is not { } from || value > from || (value == from && !FromOpen)) && (To is not { } to || value < to || (value == to && !ToOpen));

    public bool Intersects(Interval other) => !Common(other).IsEmpty;

    /// <summary>What is left of another when this is taken from it.</summary>
    public IEnumerable<Interval> LeaveOf(Interval other)
    {
        if (From is not null && other.Common(new Interval(null, true, From, !FromOpen)) is { IsEmpty: false } below) yield return below;
        if (To is not null && other.Common(new Interval(To, !ToOpen, null, true)) is { IsEmpty: false } above) yield return above;
    }

    private bool IsEmpty => From is { } from && To is { } to && (from > to || (from == to && (FromOpen || ToOpen)));

    private Interval Common(Interval other)
    {
        var (from, fromOpen) = (From, other.From) switch
        {
            (null, _) => (other.From, other.FromOpen),
            (_, null) => (From, FromOpen),
            ({ } mine, { } theirs) => mine == theirs ? (mine, FromOpen || other.FromOpen) : mine > theirs ? (mine, FromOpen) : (theirs, other.FromOpen),
        };
        var (to, toOpen) = (To, other.To) switch
        {
            (null, _) => (other.To, other.ToOpen),
            (_, null) => (To, ToOpen),
            ({ } mine, { } theirs) => mine == theirs ? (mine, ToOpen || other.ToOpen) : mine < theirs ? (mine, ToOpen) : (theirs, other.ToOpen),
        };
        return new Interval(from, fromOpen, to, toOpen);
    }

    private static decimal Value(string text, ColumnType type)
    {
        var trimmed = text.Trim();
        if (type == ColumnType.Date && Point.TryDate(trimmed, out var date)) return date.DayNumber;
        if (type == ColumnType.Number && decimal.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return number;
        throw new FormatException($"'{trimmed}' is no {(type == ColumnType.Date ? "date (yyyy-MM-dd)" : "number")}.");
    }
}
