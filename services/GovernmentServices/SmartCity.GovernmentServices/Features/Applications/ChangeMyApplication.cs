using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>The applicant corrects what was returned, or takes an application back.</summary>
internal static class ChangeMyApplication
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/me/applications/{id:guid}/correction", CorrectAsync)
            .WithName("CorrectApplication")
            .WithTags("Applications")
            .WithSummary("Sends an application that was returned back to the departments, corrected; its clock goes on.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(Examples.CorrectRequest, Examples.ApplicationSummary);
        features.MapPost("/me/applications/{id:guid}/withdrawal", WithdrawAsync)
            .WithName("WithdrawApplication")
            .WithTags("Applications")
            .WithSummary("Takes an application back that is not decided yet; repeated, nothing more happens.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: Examples.ApplicationSummary);
    }

    private static async Task<Results<Ok<ApplicationSummary>, Refusals, Refusal>> CorrectAsync(
        Guid id, CorrectRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CloseApplication close,
        PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        var hash = personalData.Of(request);
        if (await OwnAsync(db, id, caller, cancellationToken) is not { } application) return Refusal.NotFound();
        if (application.CorrectionKey == key.Value)
        {
            return application.CorrectionHash!.SequenceEqual(hash)
                ? TypedResults.Ok(ApplicationSummary.Of(application, catalogue))
                : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        if (application.State != ApplicationState.WithApplicant) return Refusal.Conflict("application_not_returned");
        if (KeepDraft.IsTooLarge(request.Form)) return Refusal.Invalid("form_too_large", "form");
        var (now, service) = (clock.GetUtcNow(), catalogue.Of(application));
        var before = personalData.ContentOf(application);
        // Papers that are not sent again are the ones from before.
        var materials = before.Materials.Where(given => given.Value.AttachmentId is not null).ToDictionary(given => given.Key, given => given.Value.AttachmentId!.Value);
        foreach (var (material, attachment) in request.Materials ?? new Dictionary<string, Guid>()) materials[material] = attachment;
        var prepared = await Preparation.PrepareAsync(service, new DraftContent(request.Form, materials, before.Facts), application.AccountId, id, db, now, cancellationToken);
        if (prepared.Problems is not []) return new Refusals(prepared.Problems);

        (application.SealedForm, application.MaterialsAsked) = (personalData.SealJson(prepared.Content, id), prepared.MaterialsAsked);
        (application.CorrectionKey, application.CorrectionHash) = (key.Value, hash);
        await SubmitApplication.UseAsync(db, prepared, application, cancellationToken);
        application.Resume(service.Definition, new Inputs(prepared.Content.Form, prepared.Content.Facts, now), caller.Actor, now);
        await close.IfEndedAsync(application, prepared.Content, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ApplicationSummary.Of(application, catalogue));
    }

    private static async Task<Results<Ok<ApplicationSummary>, Refusal>> WithdrawAsync(
        Guid id, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CloseApplication close, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await OwnAsync(db, id, caller, cancellationToken) is not { } application) return Refusal.NotFound();
        if (application.State is ApplicationState.Approved or ApplicationState.Refused) return Refusal.Conflict("application_decided");
        if (application.IsOpen)
        {
            var now = clock.GetUtcNow();
            application.Withdraw(caller.Actor, now);
            await close.IfEndedAsync(application, personalData.ContentOf(application), now, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(ApplicationSummary.Of(application, catalogue));
    }

    private static Task<Application?> OwnAsync(GovernmentServicesDb db, Guid id, Caller caller, CancellationToken cancellationToken) =>
        db.Applications.Include(row => row.Steps).SingleOrDefaultAsync(row => row.Id == id && row.AccountId == caller.AccountId, cancellationToken);
}

/// <summary>A corrected application.</summary>
/// <param name="Form">The whole form, at most 32 KB; fields that the city filled in may be left out.</param>
/// <param name="Materials">Attachments that replace earlier ones or are new; absent for none.</param>
public sealed record CorrectRequest(IReadOnlyDictionary<string, JsonElement> Form, [property: Length(0, 30)] IReadOnlyDictionary<string, Guid>? Materials = null);
