using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>A department tells the city something.</summary>
internal static class PublishBulletin
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/bulletins", HandleAsync)
        .WithName("PublishBulletin")
        .WithTags("Bulletins")
        .WithSummary("Publishes an announcement, a bulletin, a policy or a rumour rebuttal of the caller's department, in both languages.")
        .WithExample(Examples.Publish, Examples.Bulletin)
        .Allow(Roles.DepartmentOfficer);

    private static async Task<Results<Created<BulletinView>, Refusal>> HandleAsync(
        PublishBulletinRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var hash = personalData.Of(request);
        var earlier = await db.Bulletins.AsNoTracking()
            .SingleOrDefaultAsync(bulletin => bulletin.PublisherId == caller.Actor && bulletin.PublicationKey == key.Value, cancellationToken);
        if (earlier is not null && !earlier.RequestHash.SequenceEqual(hash)) return Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);

        var now = clock.GetUtcNow();
        var bulletin = earlier ?? new Bulletin
        {
            Id = Guid.CreateVersion7(now), Kind = request.Kind, Department = department, PublishedAt = now,
            PublisherId = caller.Actor, PublicationKey = key.Value, RequestHash = hash,
        };
        var first = bulletin.First(request.Title.ToText(), request.Body.ToText());
        if (earlier is null)
        {
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
public sealed record PublishBulletinRequest(BulletinKind Kind, ShortText Title, LongText Body);

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
