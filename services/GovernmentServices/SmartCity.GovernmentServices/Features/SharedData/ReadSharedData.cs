using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>
/// A department reads data that it was granted. With the data it gets a signed, time-stamped text that names who read what for what, and the hash of what was
/// read: evidence for both sides. The owner and auditors see every reading.
/// </summary>
internal static class ReadSharedData
{
    public const string EvidenceType = "data-read+jwt";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/data-requests/{id:guid}/readings", ReadAsync)
            .WithName("ReadSharedData")
            .WithTags("Shared data")
            .WithSummary("Reads granted data once, as CSV, with signed evidence. Every reading is recorded before anything is shown.")
            .WithExample(answer: new SharedData(DataReadView.Example, "month,category,reports\r\n2026-02,traffic,31\r\n"))
            .Allow(Roles.DepartmentOfficer);
        features.MapGet("/data-assets/{id:guid}/readings", ListAsync)
            .WithName("ListDataReadings")
            .WithTags("Shared data")
            .WithSummary("Who read the data of the caller's own department, or for auditors of any, the last first, with the evidence of each.")
            .WithExample(answer: new Page<DataReadView>([DataReadView.Example]))
            .Allow(Roles.DepartmentOfficer, Roles.Auditor);
    }

    private static async Task<Results<Ok<SharedData>, Refusal>> ReadAsync(
        Guid id, Caller caller, GovernmentServicesDb db, OpenDatasets datasets, SigningKeys keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var request = await db.DataRequests.AsNoTracking().SingleOrDefaultAsync(request => request.Id == id && request.Department == department, cancellationToken);
        if (request is null) return Refusal.NotFound();
        var now = clock.GetUtcNow();
        if (request.State(now) != DataRequestState.Granted) return Refusal.Forbidden("data_not_granted");
        var row = await ReadCatalogue.Registered(db).SingleOrDefaultAsync(row => row.Asset.Id == request.AssetId, cancellationToken);
        if (row is null) return Refusal.Conflict("data_asset_not_registered");
        if (row.Entry.Dataset is not { } dataset) return Refusal.Conflict("data_not_here");

        var csv = ReadOpenData.ToCsv(await datasets.ReadAsync(dataset, forEverybody: false, cancellationToken));
        var (readId, key) = (Guid.CreateVersion7(now), await keys.SignerAsync(cancellationToken));
        var read = new DataRead
        {
            Id = readId, RequestId = id, AssetId = request.AssetId, Department = department, ReadBy = caller.Actor, ReadAt = now,
            Evidence = Jws.Sign(key, EvidenceType, Content(readId, request, row.Entry.Revision, csv, now)),
        };
        db.Add(read);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new SharedData(DataReadView.Of(read), csv));
    }

    private static byte[] Content(Guid readId, DataRequest request, int revision, string csv, DateTimeOffset now) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["jti"] = readId.ToString(),
        ["iat"] = now.ToUnixTimeSeconds(),
        ["asset"] = request.AssetId.ToString(),
        ["revision"] = revision,
        ["owner"] = request.Owner,
        ["reader"] = request.Department,
        ["request"] = request.Id.ToString(),
        ["purpose"] = request.Purpose,
        ["legalBase"] = request.LegalBase,
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv))),
    });

    private static async Task<Results<Ok<Page<DataReadView>>, Refusal>> ListAsync(
        Guid id, [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var asset = await db.DataAssets.AsNoTracking().SingleOrDefaultAsync(asset => asset.Id == id, cancellationToken);
        if (asset is null || (!caller.Is(Roles.Auditor) && asset.Department != caller.Department)) return Refusal.NotFound();
        var reads = db.DataReads.AsNoTracking().Where(read => read.AssetId == id);
        if (after is { } last) reads = reads.Where(read => read.Id.CompareTo(last) < 0);
        var rows = await reads.OrderByDescending(read => read.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        DataReadView[] views = [.. rows.Select(DataReadView.Of)];
        return TypedResults.Ok(Page<DataReadView>.From(views, page.Take, view => view.Id.ToString()));
    }
}

/// <summary>Data that were read, with the evidence of it.</summary>
/// <param name="Reading">The reading as recorded.</param>
/// <param name="Csv">The data; the SHA-256 of this text in UTF-8 stands in the evidence.</param>
public sealed record SharedData(DataReadView Reading, string Csv);

/// <summary>A reading of another department's data.</summary>
/// <param name="Id">The reading.</param>
/// <param name="RequestId">The grant it rests on.</param>
/// <param name="Department">Who read.</param>
/// <param name="ReadAt">When, UTC.</param>
/// <param name="Evidence">Signed text (JWS, type <c>data-read+jwt</c>); check it with the keys at <c>/government-services/v1/keys</c>.</param>
public sealed record DataReadView(Guid Id, Guid RequestId, string Department, DateTimeOffset ReadAt, string Evidence)
{
    internal static readonly DataReadView Example = new(
        Guid.Parse("01985a6e-4f00-7a51-9c9e-6a1f0f8d2b12"), DataRequestView.Example.Id, "health-commission", new DateTimeOffset(2026, 3, 4, 8, 0, 0, TimeSpan.Zero),
        "eyJhbGciOiJFUzI1NiIs…");

    internal static DataReadView Of(DataRead read) => new(read.Id, read.RequestId, read.Department, read.ReadAt, read.Evidence);
}
