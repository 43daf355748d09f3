using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>Everybody sees which data the city keeps: whose they are, on what ground, how good they are, and everything that was ever entered about them.</summary>
internal static class ReadCatalogue
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/data-assets", ListAsync)
            .WithName("ListDataAssets")
            .WithTags("Shared data")
            .WithSummary("The catalogue of the city's data: what is registered now, in the order of its proposal.")
            .WithExample(answer: new Page<DataAssetView>([DataAssetView.Example]))
            .AllowEveryone();
        features.MapGet("/data-assets/{id:guid}", ShowAsync)
            .WithName("ShowDataAsset")
            .WithTags("Shared data")
            .WithSummary("An asset with the quality of its data as measured now, and all its entries with their certificates.")
            .WithExample(answer: new DataAssetFile(DataAssetView.Example, [DataAssetEntryView.Example with { Accepted = true }], new DataQuality(48, 1, 2)))
            .AllowEveryone();
        features.MapGet("/keys", KeysAsync)
            .WithName("GetSigningKeys")
            .WithTags("Shared data")
            .WithSummary("The keys that certificates and evidence of this service are signed with (RFC 7517).")
            .AllowEveryone()
            .WithExample(answer: new KeySet([new PublicKey("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")]));
    }

    private static async Task<Results<PublicAnswer<Page<DataAssetView>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var registered = Registered(db);
        if (after is { } id) registered = registered.Where(row => row.Asset.Id.CompareTo(id) > 0);
        var rows = await registered.OrderBy(row => row.Asset.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        DataAssetView[] views = [.. rows.Select(row => DataAssetView.Of(row.Asset, row.Entry, directory))];
        return new PublicAnswer<Page<DataAssetView>>(Page<DataAssetView>.From(views, page.Take, view => view.Id.ToString()), MaxAge);
    }

    private static async Task<Results<PublicAnswer<DataAssetFile>, Refusal>> ShowAsync(
        Guid id, GovernmentServicesDb db, OpenDatasets datasets, CityDirectory directory, CancellationToken cancellationToken)
    {
        var asset = await db.DataAssets.AsNoTracking().SingleOrDefaultAsync(asset => asset.Id == id && asset.Current != null, cancellationToken);
        if (asset is null) return Refusal.NotFound();
        var entries = await db.DataAssetEntries.AsNoTracking().Where(entry => entry.AssetId == id && entry.Accepted == true).OrderBy(entry => entry.Revision)
            .ToListAsync(cancellationToken);
        var current = entries.Single(entry => entry.Revision == asset.Current);
        DataQuality? quality = null;
        if (current.Dataset is { } dataset && asset.State == DataAssetState.Registered)
        {
            var rows = await datasets.ReadAsync(dataset, forEverybody: true, cancellationToken);
            quality = new DataQuality(rows.Rows.Count, Math.Round(rows.Completeness, 4), rows.Withheld);
        }

        return new PublicAnswer<DataAssetFile>(new DataAssetFile(DataAssetView.Of(asset, current, directory), [.. entries.Select(DataAssetEntryView.Of)], quality), MaxAge);
    }

    private static async Task<PublicAnswer<KeySet>> KeysAsync(SigningKeys keys, CancellationToken cancellationToken) =>
        new(await keys.PublishedAsync(cancellationToken), TimeSpan.FromMinutes(5));

    /// <summary>What is in the catalogue now, with the entry that holds.</summary>
    public static IQueryable<RegisteredAsset> Registered(GovernmentServicesDb db) =>
        from asset in db.DataAssets.AsNoTracking()
        where asset.State == DataAssetState.Registered
        join entry in db.DataAssetEntries.AsNoTracking() on new { asset.Id, Revision = asset.Current!.Value } equals new { Id = entry.AssetId, entry.Revision }
        select new RegisteredAsset { Asset = asset, Entry = entry };
}

/// <summary>An asset and the entry that holds.</summary>
internal sealed class RegisteredAsset
{
    public required DataAsset Asset { get; init; }
    public required DataAssetEntry Entry { get; init; }
}

/// <summary>An asset of the city's catalogue.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Department">Who owns it.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Description">In the caller's language.</param>
/// <param name="Sensitivity">Who may see the data.</param>
/// <param name="LegalBase">On what ground they are kept.</param>
/// <param name="Frequency">How often they are brought up to date.</param>
/// <param name="Since">Since when this holds, UTC.</param>
/// <param name="Csv">Where everybody reads the data as CSV; absent unless they are open.</param>
/// <param name="Json">The same as JSON.</param>
public sealed record DataAssetView(
    Guid Id, string Department, string DepartmentName, DataAssetState State, string Name, string Description, DataSensitivity Sensitivity, string LegalBase,
    UpdateFrequency Frequency, DateTimeOffset Since, string? Csv = null, string? Json = null)
{
    internal static readonly DataAssetView Example = new(
        DataAssetEntryView.Example.AssetId, "government-services", "Government Services Bureau", DataAssetState.Registered, "Reports per month",
        "Citizens' reports, counted by month and category.", DataSensitivity.Public, DataAssetEntryView.Example.LegalBase, UpdateFrequency.Continuous,
        new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero),
        "/government-services/v1/open-data/01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10.csv", "/government-services/v1/open-data/01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10.json");

    internal static DataAssetView Of(DataAsset asset, DataAssetEntry entry, CityDirectory directory)
    {
        var language = CultureInfo.CurrentUICulture;
        var open = ReadOpenData.IsOpen(asset, entry) ? $"/government-services/v1/open-data/{asset.Id}" : null;
        return new DataAssetView(
            asset.Id, asset.Department, directory.NameOfDepartment(asset.Department), asset.State, entry.Name.In(language), entry.Description.In(language),
            entry.Sensitivity, entry.LegalBase, entry.Frequency, entry.DecidedAt!.Value, open is null ? null : open + ".csv", open is null ? null : open + ".json");
    }
}

/// <summary>Everything about an asset.</summary>
/// <param name="Asset">As it is now.</param>
/// <param name="Entries">Everything that was entered, the first first.</param>
/// <param name="Quality">As measured now; absent where the data lie with the department.</param>
public sealed record DataAssetFile(DataAssetView Asset, IReadOnlyList<DataAssetEntryView> Entries, DataQuality? Quality = null);

/// <summary>How good data are.</summary>
/// <param name="Rows">How many rows everybody can read.</param>
/// <param name="Completeness">The share of their fields that hold something, 0 to 1.</param>
/// <param name="Withheld">How many rows count too few people to be published.</param>
public sealed record DataQuality(int Rows, double Completeness, int Withheld);
