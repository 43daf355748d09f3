using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>A department corrects what it said; what it said before stays readable.</summary>
internal static class CorrectBulletin
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/bulletins/{id:guid}/revisions", HandleAsync)
        .WithName("CorrectBulletin")
        .WithTags("Bulletins")
        .WithSummary("Corrects a bulletin of the caller's department, with the reason; refused where somebody else corrected it since it was read.")
        .Allow(Roles.DepartmentOfficer)
        .WithExample(Examples.CorrectBulletinRequest, Examples.Bulletin with { Revision = 2, CorrectedAt = Examples.At.AddHours(1), Reason = "补充依据 / Evidence added" });

    private static async Task<Results<Ok<BulletinView>, Refusal>> HandleAsync(
        Guid id, CorrectBulletinRequest request, Caller caller, GovernmentServicesDb db, CityDirectory directory, SigningKeys keys, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await db.Bulletins.SingleOrDefaultAsync(bulletin => bulletin.Id == id, cancellationToken) is not { } bulletin) return Refusal.NotFound();
        if (caller.Department != bulletin.Department) return Refusal.Forbidden("department_not_yours");
        if (bulletin.Kind == BulletinKind.RumourRebuttal && request.Evidence is null or []) return Refusal.Invalid("evidence_missing", "evidence");
        if (request.Evidence.Fault() is { } fault) return fault;
        if (request.ExpectedRevision != bulletin.Revision)
        {
            var made = await db.BulletinRevisions.AsNoTracking()
                .SingleOrDefaultAsync(revision => revision.BulletinId == id && revision.Revision == request.ExpectedRevision + 1, cancellationToken);
            return made is not null && request.IsAsIn(made, caller)
                ? TypedResults.Ok(BulletinView.Of(bulletin, made, directory))
                : Refusal.Conflict("revision_outdated", "expectedRevision", bulletin.Revision);
        }

        var revision = bulletin.Correct(request.Content, request.Reason.ToText(), caller.Actor, clock.GetUtcNow());
        await keys.SignAsync(bulletin, revision, cancellationToken);
        db.Add(revision);
        db.Publish(new BulletinPublished(bulletin.Id, revision.Revision, revision.PublishedAt), bulletin.Id);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(BulletinView.Of(bulletin, revision, directory));
    }

    /// <summary>The expected revision is the correction's natural key: sent twice by the same officer, it is one correction.</summary>
    private static bool IsAsIn(this CorrectBulletinRequest request, BulletinRevision revision, Caller caller) =>
        revision.OfficerId == caller.Actor && request.Content.Says(revision) && revision.Reason == request.Reason.ToText();
}

/// <summary>A correction.</summary>
/// <param name="ExpectedRevision">The revision that is being corrected.</param>
/// <param name="Title">In both languages, at most 120 characters each.</param>
/// <param name="Body">In both languages, plain text, at most 4000 characters each.</param>
/// <param name="Reason">Why, for everybody to read, in both languages.</param>
/// <param name="Evidence">What it now rests on, at most 10; a rumour rebuttal names at least one.</param>
public sealed record CorrectBulletinRequest(
    [property: Range(1, 1_000_000)] int ExpectedRevision, ShortText Title, LongText Body, ShortText Reason,
    [property: Length(0, 10)] IReadOnlyList<EvidenceRequest>? Evidence = null)
{
    internal BulletinContent Content => new(Title.ToText(), Body.ToText(), Evidence.ToEvidence());
}
