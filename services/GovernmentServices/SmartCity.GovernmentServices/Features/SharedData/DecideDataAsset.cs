using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>An approver, who did not propose it, decides what enters the catalogue. What is accepted gets a certificate that anybody can check.</summary>
internal static class DecideDataAsset
{
    public const string CertificateType = "data-asset+jwt";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/data-assets/proposals", ListAsync)
            .WithName("ListDataAssetProposals")
            .WithTags("Shared data")
            .WithSummary("Entries of the catalogue that wait for a decision, oldest first.")
            .WithExample(answer: new Page<DataAssetEntryView>([DataAssetEntryView.Example]))
            .Allow(Roles.Approver);
        features.MapPost("/data-assets/{id:guid}/entries/{revision:int}/decision", DecideAsync)
            .WithName("DecideDataAsset")
            .WithTags("Shared data")
            .WithSummary("Accepts or refuses an entry of the catalogue. The same decision again changes nothing; another one is refused.")
            .WithExample(new DataAssetDecision(Accept: true), DataAssetEntryView.Example with { Accepted = true, Certificate = "eyJhbGciOiJFUzI1NiIs…" })
            .Allow(Roles.Approver);
    }

    private static async Task<Results<Ok<Page<DataAssetEntryView>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var waiting = db.DataAssetEntries.AsNoTracking().Where(entry => entry.Accepted == null);
        // An asset has one entry that waits.
        if (after is { } id) waiting = waiting.Where(entry => entry.AssetId.CompareTo(id) > 0);
        var rows = await waiting.OrderBy(entry => entry.AssetId).Take(page.Take + 1).ToListAsync(cancellationToken);
        DataAssetEntryView[] views = [.. rows.Select(DataAssetEntryView.Of)];
        return TypedResults.Ok(Page<DataAssetEntryView>.From(views, page.Take, view => view.AssetId.ToString()));
    }

    private static async Task<Results<Ok<DataAssetEntryView>, Refusal>> DecideAsync(
        Guid id, int revision, DataAssetDecision request, Caller caller, GovernmentServicesDb db, SigningKeys keys, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var asset = await db.DataAssets.SingleOrDefaultAsync(asset => asset.Id == id, cancellationToken);
        var entry = await db.DataAssetEntries.SingleOrDefaultAsync(entry => entry.AssetId == id && entry.Revision == revision, cancellationToken);
        if (asset is null || entry is null) return Refusal.NotFound();
        if (entry.ProposedBy == caller.Actor) return Refusal.Forbidden("second_person_required");
        if (entry.Accepted is { } decided)
        {
            return decided == request.Accept && entry.DecidedBy == caller.Actor ? TypedResults.Ok(DataAssetEntryView.Of(entry)) : Refusal.Conflict("already_decided");
        }

        if (!request.Accept && request.Reason is null) return Refusal.Invalid("reason_missing", "reason");

        var now = clock.GetUtcNow();
        if (request.Accept)
        {
            entry.Accept(caller.Actor, now, Jws.Sign(await keys.SignerAsync(cancellationToken), CertificateType, Content(asset, entry, now)));
            asset.Accept(entry);
        }
        else
        {
            entry.Refuse(caller.Actor, now, request.Reason!);
            asset.Refuse(entry);
        }

        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(DataAssetEntryView.Of(entry));
    }

    private static byte[] Content(DataAsset asset, DataAssetEntry entry, DateTimeOffset now) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["jti"] = $"{asset.Id}/{entry.Revision}",
        ["iat"] = now.ToUnixTimeSeconds(),
        ["asset"] = asset.Id.ToString(),
        ["revision"] = entry.Revision,
        ["kind"] = entry.Kind.ToString(),
        ["owner"] = asset.Department,
        ["name"] = new JsonObject { ["zh"] = entry.Name.Zh, ["en"] = entry.Name.En },
        ["sensitivity"] = entry.Sensitivity.ToString(),
        ["legalBase"] = entry.LegalBase,
    });
}

/// <summary>A decision about an entry.</summary>
/// <param name="Accept">Whether it holds from now on.</param>
/// <param name="Reason">Why not; needed with a refusal.</param>
public sealed record DataAssetDecision(bool Accept, [property: StringLength(1000, MinimumLength = 1)] string? Reason = null);
