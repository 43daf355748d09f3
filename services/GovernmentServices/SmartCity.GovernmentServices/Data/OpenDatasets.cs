using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SmartCity.GovernmentServices.Data;

/// <summary>A table that a department may register as a data asset.</summary>
/// <param name="Columns">In order; the last is the count where <paramref name="Counts"/> people's doings.</param>
/// <param name="Counts">Whether rows count what people did: below the threshold they are not published.</param>
/// <param name="Sql">Gives the columns, and each row once.</param>
internal sealed record OpenDataset(string[] Columns, bool Counts, string Sql);

/// <summary>The rows of a data set.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="Rows">In order; null where nothing is known.</param>
/// <param name="Withheld">How many rows were left out because they count fewer than the threshold.</param>
internal sealed record DatasetRows(string[] Columns, IReadOnlyList<object?[]> Rows, int Withheld)
{
    /// <summary>The share of fields that hold something, 0 to 1; 1 where there is none.</summary>
    public double Completeness => Rows.Count == 0 ? 1 : Rows.Sum(row => row.Count(value => value is not null)) / (double)(Rows.Count * Columns.Length);
}

/// <summary>
/// What this service can publish or share as a table. One table per subject and no totals beside it: whoever subtracts tables from each other learns nothing
/// about a row that was left out.
/// </summary>
internal sealed class OpenDatasets(GovernmentServicesDb db)
{
    /// <summary>Fewer people than this are nobody's business.</summary>
    public const int Threshold = 5;

    private const int MostRows = 100_000;

    public static IReadOnlyDictionary<string, OpenDataset> All { get; } = new Dictionary<string, OpenDataset>
    {
        ["reports-by-month"] = new(["month", "category", "reports"], Counts: true, """
            SELECT to_char(date_trunc('month', received_at AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM'), category, count(*)
            FROM reports GROUP BY 1, 2 ORDER BY 1, 2
            """),
        ["bulletins"] = new(["id", "kind", "department", "published_at", "revision"], Counts: false, """
            SELECT id, kind, department, published_at, revision FROM bulletins ORDER BY id
            """),
    };

    /// <summary>Reads a data set: for everybody without the rows that count too few, for a department that was granted it with them.</summary>
    public async Task<DatasetRows> ReadAsync(string name, bool forEverybody, CancellationToken cancellationToken)
    {
        var dataset = All[name];
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"{dataset.Sql} LIMIT {MostRows}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        var (rows, withheld) = (new List<object?[]>(), 0);
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = new object[dataset.Columns.Length];
            reader.GetValues(values);
            if (forEverybody && dataset.Counts && Convert.ToInt64(values[^1], CultureInfo.InvariantCulture) < Threshold) withheld++;
            else rows.Add([.. values.Select(value => value is DBNull ? null : value)]);
        }

        return new DatasetRows(dataset.Columns, rows, withheld);
    }
}
