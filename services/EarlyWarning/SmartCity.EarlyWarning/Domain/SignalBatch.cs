using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>A value of a batch.</summary>
/// <param name="Key">Index of its kind and area.</param>
/// <param name="At">Start of its day or hour, UTC.</param>
/// <param name="Value">Null takes back what was said before.</param>
internal readonly record struct BatchValue(int Key, DateTimeOffset At, double? Value);

/// <summary>
/// Reads a batch line by line, CSV (<c>area,at,value,kind</c>, no quotes) or NDJSON (members of the same names), without a string per line.
/// The first line that is wrong ends it: a batch counts as a whole or not at all.
/// </summary>
internal sealed class SignalBatch
{
    public const int MostLines = 200_000;
    public const int LongestLine = 300;

    private const double LargestValue = 1e12;
    private const int LongestKind = 40;

    private static readonly DateOnly Earliest = new(1900, 1, 1);

    private readonly SignalStream stream;
    private readonly StreamShape shape;
    private readonly Grid grid;
    private readonly DateOnly latest;
    private readonly bool csv;
    private readonly List<(string Kind, string Area)> keys = [];
    private readonly Dictionary<string, int> known = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly byte[] lastTime = new byte[40];
    private int lastTimeLength;
    private DateTimeOffset lastAt;
    private int line;

    /// <param name="today">Values may be about tomorrow at the latest: clocks differ.</param>
    /// <param name="csv">CSV with a header line; otherwise NDJSON.</param>
    public SignalBatch(SignalStream stream, Grid grid, DateOnly today, bool csv)
    {
        (this.stream, shape, this.grid, latest, this.csv) = (stream, StreamShape.Of(stream), grid, today.AddDays(1), csv);
        lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<(string Kind, string Area)> Keys => keys;

    public List<BatchValue> Values { get; } = [];

    /// <summary>Takes the next line.</summary>
    /// <returns>What is wrong, as <c>lines[12].area</c>; null if nothing is.</returns>
    public string? Add(ReadOnlySpan<byte> text)
    {
        line++;
        if (text.EndsWith("\r"u8)) text = text[..^1];
        if (text.IsEmpty) return null;
        if (text.Length > LongestLine || Values.Count >= MostLines) return $"lines[{line}]";
        if (!csv) return AddJson(text);
        if (line == 1) return text.SequenceEqual("area,at,value"u8) || text.SequenceEqual("area,at,value,kind"u8) ? null : "lines[1]";

        Span<Range> columns = stackalloc Range[5];
        var count = 0;
        foreach (var column in text.Split((byte)','))
        {
            if (count == 4) return $"lines[{line}]";
            columns[count++] = column;
        }

        if (count < 3) return $"lines[{line}]";
        double? value = null;
        var number = text[columns[2]];
        if (!number.IsEmpty)
        {
            if (!Utf8Parser.TryParse(number, out double parsed, out var used) || used != number.Length) return $"lines[{line}].value";
            value = parsed;
        }

        return Add(text[columns[0]], text[columns[1]], value, count == 4 ? text[columns[3]] : default);
    }

    private string? AddJson(ReadOnlySpan<byte> text)
    {
        scoped ReadOnlySpan<byte> area = default, at = default, kind = default;
        double? value = null;
        var hasValue = false;
        try
        {
            var json = new Utf8JsonReader(text);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return $"lines[{line}]";
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.ValueSpan;
                json.Read();
                if (name.SequenceEqual("value"u8))
                {
                    if (json.TokenType is not (JsonTokenType.Number or JsonTokenType.Null)) return $"lines[{line}].value";
                    (value, hasValue) = (json.TokenType == JsonTokenType.Null ? null : json.GetDouble(), true);
                    continue;
                }

                // Codes and times hold nothing that JSON escapes.
                if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped) return $"lines[{line}]";
                if (name.SequenceEqual("area"u8)) area = json.ValueSpan;
                else if (name.SequenceEqual("at"u8)) at = json.ValueSpan;
                else if (name.SequenceEqual("kind"u8)) kind = json.ValueSpan;
                else return $"lines[{line}]";
            }

            if (json.TokenType != JsonTokenType.EndObject || json.Read()) return $"lines[{line}]";
        }
        catch (JsonException)
        {
            return $"lines[{line}]";
        }
        catch (FormatException)
        {
            return $"lines[{line}].value";
        }

        return hasValue ? Add(area, at, value, kind) : $"lines[{line}].value";
    }

    private string? Add(ReadOnlySpan<byte> area, ReadOnlySpan<byte> at, double? value, ReadOnlySpan<byte> kind)
    {
        if (value is { } number && (!double.IsFinite(number) || Math.Abs(number) > LargestValue || (number < 0 && !shape.IsMean))) return $"lines[{line}].value";
        if (!TryTime(at, out var moment)) return $"lines[{line}].at";
        if (!TryKey(kind, area, out var key, out var wrong)) return $"lines[{line}].{wrong}";
        Values.Add(new BatchValue(key, moment, value));
        return null;
    }

    private bool TryTime(ReadOnlySpan<byte> text, out DateTimeOffset at)
    {
        // Neighbouring lines are about the same day.
        at = lastAt;
        if (lastTimeLength > 0 && text.SequenceEqual(lastTime.AsSpan(0, lastTimeLength))) return true;
        if (text.Length > lastTime.Length) return false;
        Span<char> letters = stackalloc char[40];
        letters = letters[..Encoding.ASCII.GetChars(text, letters)];
        if (DateOnly.TryParseExact(letters, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            if (day < Earliest || day > latest) return false;
            at = CityDay.Start(day);
        }
        else
        {
            // Only what is averaged may come by the hour: the sum of a day with missing hours would be too small.
            if (!shape.IsMean || !DateTimeOffset.TryParseExact(letters, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at)) return false;
            at = at.ToUniversalTime();
            if (at.Ticks % TimeSpan.TicksPerHour != 0 || CityDay.Of(at) < Earliest || CityDay.Of(at) > latest) return false;
        }

        text.CopyTo(lastTime);
        (lastTimeLength, lastAt) = (text.Length, at);
        return true;
    }

    private bool TryKey(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> area, out int key, out string wrong)
    {
        Span<char> letters = stackalloc char[LongestLine + 1];
        var length = Encoding.UTF8.GetChars(kind, letters);
        letters[length] = '\t';
        var total = length + 1 + Encoding.UTF8.GetChars(area, letters[(length + 1)..]);
        wrong = "";
        if (lookup.TryGetValue(letters[..total], out key)) return true;

        var (kindName, areaName) = (letters[..length].ToString(), letters[(length + 1)..total].ToString());
        if (grid.LevelOf(areaName) is not { } level || (stream == SignalStream.OtherCities && level != AreaLevel.City)) wrong = "area";
        else if (!IsKind(kindName)) wrong = "kind";
        if (wrong.Length > 0) return false;
        key = keys.Count;
        keys.Add((kindName, areaName));
        known.Add(letters[..total].ToString(), key);
        return true;
    }

    /// <summary>What the city's own services count is not overwritten: a delivery beside them is a kind of its own.</summary>
    private bool IsKind(string kind) =>
        kind.Length <= LongestKind && kind.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && (shape.HasOwnFeed ? kind.StartsWith("import-", StringComparison.Ordinal) : stream != SignalStream.OtherCities || kind.Length > 0);
}
