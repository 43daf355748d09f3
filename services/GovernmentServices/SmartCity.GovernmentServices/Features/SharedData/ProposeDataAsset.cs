using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>A department proposes what the catalogue shall say about its data: a registration, a change, a cancellation. Nothing holds before somebody else agreed.</summary>
internal static class ProposeDataAsset
{
    public static readonly DataAssetRequest Example = new(
        new ShortText("每月诉求数量", "Reports per month"), new LongText("按月份和类别统计的市民诉求。", "Citizens' reports, counted by month and category."),
        DataSensitivity.Public, "Regulation on Open Government Information, art. 20", UpdateFrequency.Continuous, "reports-by-month");

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/data-assets", RegisterAsync)
            .WithName("ProposeDataAsset")
            .WithTags("Shared data")
            .WithSummary("Proposes that data of the caller's department be entered in the city's catalogue; an approver decides.")
            .WithExample(Example, DataAssetEntryView.Example)
            .Allow(Roles.DepartmentOfficer);
        features.MapPost("/data-assets/{id:guid}/changes", ChangeAsync)
            .WithName("ProposeDataAssetChange")
            .WithTags("Shared data")
            .WithSummary("Proposes that the catalogue say something else about data of the caller's department.")
            .WithExample(Example, DataAssetEntryView.Example with { Revision = 2, Kind = EntryKind.Change })
            .Allow(Roles.DepartmentOfficer);
        features.MapPost("/data-assets/{id:guid}/cancellation", CancelAsync)
            .WithName("ProposeDataAssetCancellation")
            .WithTags("Shared data")
            .WithSummary("Proposes that data of the caller's department be taken out of the catalogue. What was granted for them ends with it.")
            .WithExample(answer: DataAssetEntryView.Example with { Revision = 3, Kind = EntryKind.Cancellation })
            .Allow(Roles.DepartmentOfficer);
    }

    private static async Task<Results<Created<DataAssetEntryView>, Refusal>> RegisterAsync(
        DataAssetRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (Unknown(request.Dataset) is { } unknown) return unknown;
        var hash = personalData.Of(request);
        if (await EarlierAsync(db, caller, key, cancellationToken) is { } earlier) return Repeated(earlier, hash);

        var now = clock.GetUtcNow();
        var asset = new DataAsset { Id = Guid.CreateVersion7(now), Department = department };
        var entry = request.ToEntry(asset.Id, 1, EntryKind.Registration, caller, key, hash, now);
        db.AddRange(asset, entry);
        await db.SaveChangesAsync(cancellationToken);
        return Created(entry);
    }

    private static async Task<Results<Created<DataAssetEntryView>, Refusal>> ChangeAsync(
        Guid id, DataAssetRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (Unknown(request.Dataset) is { } unknown) return unknown;
        return await FollowAsync(id, EntryKind.Change, _ => request, key, caller, db, personalData, clock, cancellationToken);
    }

    private static Task<Results<Created<DataAssetEntryView>, Refusal>> CancelAsync(
        Guid id, IdempotencyKey key, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken) =>
        FollowAsync(id, EntryKind.Cancellation, DataAssetRequest.Of, key, caller, db, personalData, clock, cancellationToken);

    private static async Task<Results<Created<DataAssetEntryView>, Refusal>> FollowAsync(
        Guid id, EntryKind kind, Func<DataAssetEntry, DataAssetRequest> says, IdempotencyKey key, Caller caller, GovernmentServicesDb db, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var asset = await db.DataAssets.AsNoTracking().SingleOrDefaultAsync(asset => asset.Id == id, cancellationToken);
        if (asset is null) return Refusal.NotFound();
        if (asset.Department != department) return Refusal.Forbidden("department_not_yours");
        var entries = await db.DataAssetEntries.AsNoTracking().Where(entry => entry.AssetId == id).OrderBy(entry => entry.Revision).ToListAsync(cancellationToken);
        var current = entries.Find(entry => entry.Revision == asset.Current);
        var request = says(current ?? entries[^1]);
        var hash = personalData.Of(request);
        if (entries.Find(entry => entry.ProposedBy == caller.Actor && entry.ProposalKey == key.Value) is { } earlier) return Repeated(earlier, hash);
        if (asset.State != DataAssetState.Registered) return Refusal.Conflict("data_asset_not_registered");
        if (entries[^1].Accepted is null) return Refusal.Conflict("data_asset_entry_waiting");

        // The key of the table lets one of two proposals at the same time through.
        var next = request.ToEntry(id, entries[^1].Revision + 1, kind, caller, key, hash, clock.GetUtcNow());
        db.Add(next);
        await db.SaveChangesAsync(cancellationToken);
        return Created(next);
    }

    private static Task<DataAssetEntry?> EarlierAsync(GovernmentServicesDb db, Caller caller, IdempotencyKey key, CancellationToken cancellationToken) =>
        db.DataAssetEntries.AsNoTracking().SingleOrDefaultAsync(entry => entry.ProposedBy == caller.Actor && entry.ProposalKey == key.Value, cancellationToken);

    private static Results<Created<DataAssetEntryView>, Refusal> Repeated(DataAssetEntry earlier, byte[] hash) =>
        earlier.RequestHash.SequenceEqual(hash) ? Created(earlier) : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);

    private static Refusal? Unknown(string? dataset) =>
        dataset is null || OpenDatasets.All.ContainsKey(dataset) ? null : Refusal.Invalid("dataset_unknown", "dataset", string.Join(", ", OpenDatasets.All.Keys));

    private static Created<DataAssetEntryView> Created(DataAssetEntry entry) =>
        TypedResults.Created($"/government-services/v1/data-assets/{entry.AssetId}", DataAssetEntryView.Of(entry));
}

/// <summary>What the catalogue shall say about an asset.</summary>
/// <param name="Name">In both languages, at most 120 characters each.</param>
/// <param name="Description">In both languages, at most 4000 characters each.</param>
/// <param name="Sensitivity">Who may see the data.</param>
/// <param name="LegalBase">The law or rule on which they are kept.</param>
/// <param name="Frequency">How often they are brought up to date.</param>
/// <param name="Dataset">The table of this service that holds them; absent where they lie with the department.</param>
public sealed record DataAssetRequest(
    ShortText Name, LongText Description, DataSensitivity Sensitivity, [property: Required, StringLength(300)] string LegalBase, UpdateFrequency Frequency,
    [property: StringLength(50)] string? Dataset = null)
{
    internal static DataAssetRequest Of(DataAssetEntry entry) => new(
        new ShortText(entry.Name.Zh, entry.Name.En), new LongText(entry.Description.Zh, entry.Description.En), entry.Sensitivity, entry.LegalBase, entry.Frequency,
        entry.Dataset);

    internal DataAssetEntry ToEntry(Guid asset, int revision, EntryKind kind, Caller caller, IdempotencyKey key, byte[] hash, DateTimeOffset now) => new()
    {
        AssetId = asset, Revision = revision, Kind = kind, Name = Name.ToText(), Description = Description.ToText(), Sensitivity = Sensitivity, LegalBase = LegalBase,
        Frequency = Frequency, Dataset = Dataset, ProposedBy = caller.Actor, ProposedAt = now, ProposalKey = key.Value, RequestHash = hash,
    };
}
