using System.Globalization;
using CsvHelper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>Everybody reads open data, as CSV (RFC 4180) and as JSON. Rows that count fewer people than the threshold are left out, and the answer says how many.</summary>
internal static class ReadOpenData
{
    private const string WithheldHeader = "Rows-Withheld";

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/open-data/{id:guid}.json", JsonAsync)
            .WithName("ReadOpenDataAsJson")
            .WithTags("Shared data")
            .WithSummary("An open data set. Rows that count fewer than five people are left out.")
            .WithExample(answer: new OpenDataTable(["month", "category", "reports"], [["2026-02", "traffic", 31]], Withheld: 2))
            .AllowEveryone();
        features.MapGet("/open-data/{id:guid}.csv", CsvAsync)
            .WithName("ReadOpenDataAsCsv")
            .WithTags("Shared data")
            .WithSummary("The same as CSV in UTF-8 with a header line; the header Rows-Withheld says how many rows were left out.")
            .WithExample(answer: "month,category,reports\r\n2026-02,traffic,31\r\n")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .AllowEveryone();
    }

    public static bool IsOpen(DataAsset asset, DataAssetEntry entry) =>
        asset.State == DataAssetState.Registered && entry is { Sensitivity: DataSensitivity.Public, Dataset: not null };

    /// <summary>A table as CSV.</summary>
    public static string ToCsv(DatasetRows table)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\r\n" }))
        {
            csv.WriteHeader(table.Columns);
            foreach (var row in table.Rows) csv.WriteRecord([.. row.Select(AsText)]);
        }

        return text.ToString();
    }

    private static string? AsText(object? value) => value switch
    {
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static async Task<Results<PublicAnswer<OpenDataTable>, Refusal>> JsonAsync(
        Guid id, GovernmentServicesDb db, OpenDatasets datasets, CancellationToken cancellationToken) =>
        await ReadAsync(id, db, datasets, cancellationToken) is { } table
            ? new PublicAnswer<OpenDataTable>(new OpenDataTable(table.Columns, table.Rows, table.Withheld), MaxAge)
            : Refusal.NotFound();

    private static async Task<Results<ContentHttpResult, Refusal>> CsvAsync(
        Guid id, HttpResponse response, GovernmentServicesDb db, OpenDatasets datasets, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, db, datasets, cancellationToken) is not { } table) return Refusal.NotFound();
        response.Headers.CacheControl = $"public, max-age={(int)MaxAge.TotalSeconds}";
        response.Headers[WithheldHeader] = table.Withheld.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Text(ToCsv(table), "text/csv; charset=utf-8; header=present");
    }

    private static async Task<DatasetRows?> ReadAsync(Guid id, GovernmentServicesDb db, OpenDatasets datasets, CancellationToken cancellationToken)
    {
        var row = await ReadCatalogue.Registered(db).SingleOrDefaultAsync(row => row.Asset.Id == id, cancellationToken);
        return row is not null && IsOpen(row.Asset, row.Entry) ? await datasets.ReadAsync(row.Entry.Dataset!, forEverybody: true, cancellationToken) : null;
    }
}

/// <summary>A table.</summary>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The rows; a field is null where nothing is known.</param>
/// <param name="Withheld">How many rows were left out because they count fewer than five people.</param>
public sealed record OpenDataTable(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows, int Withheld);
