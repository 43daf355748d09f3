using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>A department corrects what it said; what it said before stays readable.</summary>
internal static class CorrectBulletin
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/bulletins/{id:guid}/revisions", HandleAsync)
        .WithName("CorrectBulletin")
        .WithTags("Bulletins")
        .WithSummary("Corrects a bulletin of the caller's department, with the reason; refused where somebody else corrected it since it was read.")
        .WithExample(Examples.Correct, Examples.Bulletin)
        .Allow(Roles.DepartmentOfficer);

    private static async Task<Results<Ok<BulletinView>, Refusal>> HandleAsync(
        Guid id, CorrectBulletinRequest request, Caller caller, GovernmentServicesDb db, CityDirectory directory, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await db.Bulletins.SingleOrDefaultAsync(bulletin => bulletin.Id == id, cancellationToken) is not { } bulletin) return Refusal.NotFound();
        if (caller.Department != bulletin.Department) return Refusal.Forbidden("department_not_yours");
        if (request.ExpectedRevision != bulletin.Revision)
        {
            var made = await db.BulletinRevisions.AsNoTracking()
                .SingleOrDefaultAsync(revision => revision.BulletinId == id && revision.Revision == request.ExpectedRevision + 1, cancellationToken);
            return made is not null && request.IsAsIn(made, caller)
                ? TypedResults.Ok(BulletinView.Of(bulletin, made, directory))
                : Refusal.Conflict("revision_outdated", "expectedRevision", bulletin.Revision);
        }

        var revision = bulletin.Correct(request.Title.ToText(), request.Body.ToText(), request.Reason.ToText(), caller.Actor, clock.GetUtcNow());
        db.Add(revision);
        db.Publish(new BulletinPublished(bulletin.Id, revision.Revision, revision.PublishedAt), bulletin.Id);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(BulletinView.Of(bulletin, revision, directory));
    }

    /// <summary>The expected revision is the correction's natural key: sent twice by the same officer, it is one correction.</summary>
    private static bool IsAsIn(this CorrectBulletinRequest request, BulletinRevision revision, Caller caller) =>
        revision.OfficerId == caller.Actor && revision.Title == request.Title.ToText() && revision.Body == request.Body.ToText()
        && revision.Reason == request.Reason.ToText();
}

/// <summary>A correction.</summary>
/// <param name="ExpectedRevision">The revision that is being corrected.</param>
/// <param name="Title">In both languages, at most 120 characters each.</param>
/// <param name="Body">In both languages, plain text, at most 4000 characters each.</param>
/// <param name="Reason">Why, for everybody to read, in both languages.</param>
public sealed record CorrectBulletinRequest([property: Range(1, 1_000_000)] int ExpectedRevision, ShortText Title, LongText Body, ShortText Reason);
