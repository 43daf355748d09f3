using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>A department tells the city something.</summary>
internal static class PublishBulletin
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/bulletins", HandleAsync)
        .WithName("PublishBulletin")
        .WithTags("Bulletins")
        .WithSummary("Publishes an announcement, a bulletin, a policy or a rumour rebuttal of the caller's department, in both languages, for whom and where it matters. A rebuttal names its evidence. It is signed.")
        .Allow(Roles.DepartmentOfficer)
        .WithExample(Examples.PublishBulletinRequest, Examples.Bulletin);

    private static async Task<Results<Created<BulletinView>, Refusal>> HandleAsync(
        PublishBulletinRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData,
        SigningKeys keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (request.Kind == BulletinKind.RumourRebuttal && request.Evidence is null or []) return Refusal.Invalid("evidence_missing", "evidence");
        if (request.Areas?.FirstOrDefault(area => !GridCell.TryParse(area, out _)) is not null) return Refusal.Invalid("cell_invalid", "areas");
        if (request.Evidence.Fault() is { } fault) return fault;
        var hash = personalData.Of(request);
        var earlier = await db.Bulletins.AsNoTracking()
            .SingleOrDefaultAsync(bulletin => bulletin.PublisherId == caller.Actor && bulletin.PublicationKey == key.Value, cancellationToken);
        if (earlier is not null && !earlier.RequestHash.SequenceEqual(hash)) return Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);

        var now = clock.GetUtcNow();
        var bulletin = earlier ?? new Bulletin
        {
            Id = Guid.CreateVersion7(now), Kind = request.Kind, Department = department, PublishedAt = now,
            PublisherId = caller.Actor, PublicationKey = key.Value, RequestHash = hash, Audience = request.Audience ?? Audience.Everyone, Areas = [.. (request.Areas ?? []).Distinct().Order(StringComparer.Ordinal)],
        };
        var first = bulletin.First(request.Content);
        if (earlier is null)
        {
            await keys.SignAsync(bulletin, first, cancellationToken);
            db.AddRange(bulletin, first);
            db.Publish(new BulletinPublished(bulletin.Id, first.Revision, first.PublishedAt), bulletin.Id);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Created($"/government-services/v1/bulletins/{bulletin.Id}", BulletinView.Of(bulletin, first, directory));
    }
}

/// <summary>A bulletin to publish.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Title">In both languages, at most 120 characters each.</param>
/// <param name="Body">In both languages, plain text, at most 4000 characters each.</param>
/// <param name="Audience">Whom it is meant for; everyone where absent.</param>
/// <param name="Areas">Grid cells that it is about, at most 500; absent for the whole city.</param>
/// <param name="Evidence">What it rests on, at most 10; a rumour rebuttal names at least one.</param>
public sealed record PublishBulletinRequest(
    BulletinKind Kind, ShortText Title, LongText Body, Audience? Audience = null, [property: Length(0, 500)] IReadOnlyList<string>? Areas = null,
    [property: Length(0, 10)] IReadOnlyList<EvidenceRequest>? Evidence = null)
{
    internal BulletinContent Content => new(Title.ToText(), Body.ToText(), Evidence.ToEvidence());
}

/// <summary>What a bulletin rests on.</summary>
/// <param name="Title">What is found there, in both languages, at most 120 characters each.</param>
/// <param name="Address">Where: an http or https address, at most 500 characters.</param>
public sealed record EvidenceRequest(ShortText Title, [property: Required, StringLength(500)] string Address);

internal static class EvidenceRequests
{
    public static IReadOnlyList<Evidence> ToEvidence(this IReadOnlyList<EvidenceRequest>? evidence) => [.. (evidence ?? []).Select(one => new Evidence(one.Title.ToText(), one.Address))];

    /// <summary>Other kinds of addresses could run something where they are clicked.</summary>
    public static Refusal? Fault(this IReadOnlyList<EvidenceRequest>? evidence)
    {
        for (var n = 0; n < (evidence?.Count ?? 0); n++)
            if (!Uri.TryCreate(evidence![n].Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) return Refusal.Invalid("address_invalid", $"evidence[{n}].address");
        return null;
    }
}

/// <summary>A short text in both languages.</summary>
/// <param name="Zh">Simplified Chinese.</param>
/// <param name="En">English.</param>
public sealed record ShortText([property: Required, StringLength(120)] string Zh, [property: Required, StringLength(120)] string En)
{
    internal LocalText ToText() => new(Zh, En);
}

/// <summary>A long text in both languages.</summary>
/// <param name="Zh">Simplified Chinese.</param>
/// <param name="En">English.</param>
public sealed record LongText([property: Required, StringLength(4000)] string Zh, [property: Required, StringLength(4000)] string En)
{
    internal LocalText ToText() => new(Zh, En);
}
