using System.Globalization;
using CsvHelper;

namespace SmartCity.Replay.Towns;

/// <summary>A CSV file of the reference data, where <c>NA</c> means that nothing is known.</summary>
internal static class Table
{
    public static IReadOnlyList<Row> Read(string path)
    {
        using var csv = CsvReader.FromFile(path, CsvReaderOptions.Default with { Separator = ',', TrimWhitespace = true, TrimInsideQuotes = true });
        var rows = new List<Row>();
        foreach (var row in csv) rows.Add(new Row(row.ToDictionary()));
        return rows;
    }

    /// <summary>One line, by column.</summary>
    internal sealed class Row(IReadOnlyDictionary<string, string?> cells)
    {
        public IEnumerable<string> Columns => cells.Keys;

        public string this[string column] => cells[column] ?? "";

        public string? Text(string column) => cells[column] is null or "NA" or "" ? null : cells[column];

        public DateOnly? Day(string column) => Text(column) is { } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

        public int? Number(string column) => Text(column) is { } text ? (int)double.Parse(text, CultureInfo.InvariantCulture) : null;

        public double? Measure(string column) => Text(column) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
    }
}
