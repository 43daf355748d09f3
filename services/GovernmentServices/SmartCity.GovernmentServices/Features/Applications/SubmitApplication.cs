using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>A person applies, once however often it is sent; the application begins its way through the departments.</summary>
internal static class SubmitApplication
{
    private const int MostOpen = 20;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/me/applications", HandleAsync)
        .WithName("SubmitApplication")
        .WithTags("Applications")
        .WithSummary("Applies for a service. What the city filled into the caller's draft holds; the draft is gone afterwards.")
        .Allow(Roles.Citizen, Roles.Proxy)
        .WithExample(Examples.SubmitRequest, Examples.ApplicationSummary);

    private static async Task<Results<Created<ApplicationSummary>, Refusals, Refusal>> HandleAsync(
        SubmitRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, Appointments appointments, CloseApplication close,
        PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        var hash = personalData.Of(request);
        var earlier = await db.Applications.AsNoTracking()
            .SingleOrDefaultAsync(application => application.AccountId == caller.AccountId && application.SubmissionKey == key.Value, cancellationToken);
        if (earlier is not null)
        {
            return earlier.SubmissionHash.SequenceEqual(hash)
                ? Created(earlier, catalogue)
                : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        if (!catalogue.Current.TryGetValue(request.Service, out var service)) return Refusal.Invalid("application_service_unknown", "service");
        if (KeepDraft.IsTooLarge(request.Form)) return Refusal.Invalid("form_too_large", "form");
        var open = await db.Applications.CountAsync(
            application => application.AccountId == caller.AccountId
                && (application.State == ApplicationState.InProgress || application.State == ApplicationState.WithApplicant), cancellationToken);
        if (open >= MostOpen) return Refusal.Conflict("application_limit_reached", field: null, MostOpen);

        var now = clock.GetUtcNow();
        var draft = await db.Drafts.SingleOrDefaultAsync(draft => draft.AccountId == caller.AccountId && draft.Service == request.Service, cancellationToken);
        var content = KeepDraft.ContentOf(draft, personalData) with { Form = request.Form, Materials = request.Materials ?? new Dictionary<string, Guid>() };
        var prepared = await Preparation.PrepareAsync(service, content, caller.AccountId, matter: null, db, now, cancellationToken);
        if (prepared.Problems is not []) return new Refusals(prepared.Problems);

        var definition = service.Definition;
        Guid? booking = null;
        if (definition.Appointment is { } appointment)
        {
            var booked = await appointments.TakeAsync(appointment, prepared.Content.Form, caller, cancellationToken);
            if (booked.Refusal is { } refusal) return refusal;
            booking = booked.BookingId;
        }

        var id = Guid.CreateVersion7(now);
        var application = new Application
        {
            Id = id, AccountId = caller.AccountId, ActorId = caller.Actor, SubmissionKey = key.Value, SubmissionHash = hash, Service = definition.Key,
            Version = definition.Version, SealedForm = personalData.SealJson(prepared.Content, id), FieldsFromCity = [.. prepared.FieldsFromCity],
            MaterialsNominal = definition.Materials.Count, MaterialsAsked = prepared.MaterialsAsked, SubmittedAt = now, DueAt = now + definition.Promised,
            BookingId = booking,
        };
        application.Submit(definition, new Inputs(prepared.Content.Form, prepared.Content.Facts, now), now);
        db.Add(application);
        await UseAsync(db, prepared, application, cancellationToken);
        if (draft is not null) db.Remove(draft);
        if (content.DataUse is { } use && await db.DataUses.FindAsync([use], cancellationToken) is { } consent) consent.ApplicationId = id;
        await close.IfEndedAsync(application, prepared.Content, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Created(application, catalogue);
    }

    /// <summary>The files belong to the application from now on.</summary>
    public static async Task UseAsync(GovernmentServicesDb db, Preparation prepared, Application application, CancellationToken cancellationToken)
    {
        var ids = prepared.Content.Materials.Values.Select(material => material.AttachmentId).OfType<Guid>().ToArray();
        if (ids is []) return;
        foreach (var attachment in await db.Attachments.Where(attachment => ids.Contains(attachment.Id)).ToListAsync(cancellationToken)) attachment.UsedBy = application.Id;
    }

    private static Created<ApplicationSummary> Created(Application application, ServiceCatalogue catalogue) =>
        TypedResults.Created($"/government-services/v1/me/applications/{application.Id}", ApplicationSummary.Of(application, catalogue));
}

/// <summary>An application to submit.</summary>
/// <param name="Service">What for.</param>
/// <param name="Form">The form, at most 32 KB; fields that the city filled into the draft may be left out.</param>
/// <param name="Materials">Attachments by material; absent where none is asked for.</param>
public sealed record SubmitRequest(
    [property: Required, StringLength(50)] string Service, IReadOnlyDictionary<string, JsonElement> Form,
    [property: Length(0, 30)] IReadOnlyDictionary<string, Guid>? Materials = null);
