using System.Globalization;

namespace Conformance.Tests.EarlyWarning;

/// <summary>A CSV file of numbers as R wrote it: NA and NaN are NaN, what is no number (a date) is NaN too.</summary>
internal sealed class ReferenceTable
{
    private readonly string[] _header;
    private readonly string[][] _text;
    private readonly double[][] _rows;

    private ReferenceTable(string[] header, string[][] text) =>
        (_header, _text, _rows) = (header, text, [.. text.Select(row => row.Select(Number).ToArray())]);

    public IReadOnlyList<string> Header => _header;
    public int Count => _rows.Length;

    public static ReferenceTable Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return new(lines[0].Split(','), [.. lines.Skip(1).Where(l => l.Length > 0).Select(l => l.Split(','))]);
    }

    public double this[int row, string column] => _rows[row][Array.IndexOf(_header, column)];

    public double[] Column(string name)
    {
        var at = Array.IndexOf(_header, name);
        return [.. _rows.Select(r => r[at])];
    }

    /// <summary>The column <c>date</c>, or null where the series has none.</summary>
    public DateOnly[]? Dates()
    {
        var at = Array.IndexOf(_header, "date");
        return at < 0 || _text[0][at].Length == 0 ? null : [.. _text.Select(r => DateOnly.Parse(r[at], CultureInfo.InvariantCulture))];
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
