using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>A person begins a form, lets the city fill in what it knows, and comes back to it on any device.</summary>
internal static class KeepDraft
{
    private const int MaxFormBytes = 32 * 1024;

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPut("/me/drafts/{service}", SaveAsync)
            .WithName("SaveDraft")
            .WithTags("Applications")
            .WithSummary("Keeps the caller's form for a service as it is, in place of what was kept before, and tells what is still missing.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(Examples.DraftRequest, Examples.Draft);
        features.MapGet("/me/drafts/{service}", ShowAsync)
            .WithName("ShowDraft")
            .WithTags("Applications")
            .WithSummary("The caller's form for a service, as it was kept.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: Examples.Draft);
        features.MapDelete("/me/drafts/{service}", DropAsync)
            .WithName("DropDraft")
            .WithTags("Applications")
            .WithSummary("Forgets the caller's form for a service.")
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapPost("/me/drafts/{service}/prefill", PrefillAsync)
            .WithName("PrefillDraft")
            .WithTags("Applications")
            .WithSummary("With the caller's consent, reads what the city's register knows about them and fills it into the form. The reading is on record: GET /me/data-uses.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(new PrefillRequest(Consent: true), Examples.Draft);
    }

    private static async Task<Results<Ok<DraftView>, Refusal>> SaveAsync(
        [StringLength(50)] string service, DraftRequest request, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!catalogue.Current.TryGetValue(service, out var offered)) return Refusal.NotFound();
        if (IsTooLarge(request.Form)) return Refusal.Invalid("form_too_large", "form");
        var draft = await OwnAsync(db, caller, service, clock, cancellationToken);
        var kept = ContentOf(draft, personalData) with { Form = request.Form, Materials = request.Materials ?? new Dictionary<string, Guid>() };
        return await KeepAsync(draft, kept, offered, db, personalData, clock, cancellationToken);
    }

    private static async Task<Results<Ok<DraftView>, Refusal>> ShowAsync(
        [StringLength(50)] string service, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!catalogue.Current.TryGetValue(service, out var offered)) return Refusal.NotFound();
        var draft = await db.Drafts.AsNoTracking().SingleOrDefaultAsync(draft => draft.AccountId == caller.AccountId && draft.Service == service, cancellationToken);
        return draft is null
            ? Refusal.NotFound()
            : TypedResults.Ok(await ViewAsync(draft, ContentOf(draft, personalData), offered, db, clock.GetUtcNow(), cancellationToken));
    }

    private static async Task<NoContent> DropAsync([StringLength(50)] string service, Caller caller, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        await db.Drafts.Where(draft => draft.AccountId == caller.AccountId && draft.Service == service).ExecuteDeleteAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<DraftView>, Refusal>> PrefillAsync(
        [StringLength(50)] string service, PrefillRequest request, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, PersonalData personalData,
        PersonalRecords.PersonalRecordsClient register, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!catalogue.Current.TryGetValue(service, out var offered)) return Refusal.NotFound();
        if (!request.Consent) return Refusal.Invalid("consent_missing", "consent");

        // The consent is on record before the register is asked under its number.
        var now = clock.GetUtcNow();
        var use = new DataUse
        {
            Id = Guid.CreateVersion7(now), AccountId = caller.AccountId, ActorId = caller.Actor, Service = service, AgreedAt = now,
            Facts = [.. offered.Definition.Form.Fields.Values.Select(field => field.Prefill).OfType<string>()],
        };
        db.Add(use);
        await db.SaveChangesAsync(cancellationToken);

        GetPersonalRecordReply record;
        try
        {
            record = await register.GetPersonalRecordAsync(
                new GetPersonalRecordRequest { AccountId = caller.AccountId.ToString(), Purpose = Purpose.Form, ConsentReference = use.Id.ToString() },
                cancellationToken: cancellationToken);
        }
        catch (RpcException unknown) when (unknown.StatusCode == StatusCode.NotFound)
        {
            return Refusal.Conflict("person_not_registered");
        }

        use.ReadAt = clock.GetUtcNow();
        var facts = new PersonalFacts(
            record.Name, record.CitizenNumber, record.Phone, DateOnly.ParseExact(record.BirthDate, "O", CultureInfo.InvariantCulture),
            record.Sex switch { Sex.Female => "female", Sex.Male => "male", _ => "" }, record.HomeCell);
        var draft = await OwnAsync(db, caller, service, clock, cancellationToken);
        return await KeepAsync(draft, ContentOf(draft, personalData) with { Facts = facts, DataUse = use.Id }, offered, db, personalData, clock, cancellationToken);
    }

    public static bool IsTooLarge(IReadOnlyDictionary<string, JsonElement> form) => JsonSerializer.SerializeToUtf8Bytes(form).Length > MaxFormBytes;

    public static DraftContent ContentOf(Draft? draft, PersonalData personalData) =>
        draft?.SealedContent is { } content ? personalData.OpenJson<DraftContent>(content, draft.Id) : DraftContent.Empty;

    private static async Task<Draft> OwnAsync(GovernmentServicesDb db, Caller caller, string service, TimeProvider clock, CancellationToken cancellationToken)
    {
        var draft = await db.Drafts.SingleOrDefaultAsync(draft => draft.AccountId == caller.AccountId && draft.Service == service, cancellationToken);
        if (draft is not null) return draft;
        draft = new Draft { Id = Guid.CreateVersion7(clock.GetUtcNow()), AccountId = caller.AccountId, Service = service, SavedAt = clock.GetUtcNow() };
        db.Add(draft);
        return draft;
    }

    private static async Task<Ok<DraftView>> KeepAsync(
        Draft draft, DraftContent content, OfferedService service, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        (draft.SealedContent, draft.SavedAt) = (personalData.SealJson(content, draft.Id), clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(await ViewAsync(draft, content, service, db, draft.SavedAt, CancellationToken.None));
    }

    private static async Task<DraftView> ViewAsync(
        Draft draft, DraftContent content, OfferedService service, GovernmentServicesDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var prepared = await Preparation.PrepareAsync(service, content, draft.AccountId, matter: null, db, now, cancellationToken);
        var definition = service.Definition;
        return new DraftView(
            definition.Key, definition.Version, draft.SavedAt, prepared.Content.Form, prepared.FieldsFromCity,
            [
                .. definition.Materials.Select(material => new NeededMaterial(
                    material.Key, material.Name.In(CultureInfo.CurrentUICulture), prepared.Content.Materials.GetValueOrDefault(material.Key)?.By)),
            ],
            [.. prepared.Problems.Select(problem => new DraftProblem(problem.Code, problem.Field, problem is { Code: "not_eligible", Arguments: [string why] } ? why : null))]);
    }
}

/// <summary>A form to keep.</summary>
/// <param name="Form">As far as it is filled in, at most 32 KB.</param>
/// <param name="Materials">Attachments by material; absent for none.</param>
public sealed record DraftRequest(IReadOnlyDictionary<string, JsonElement> Form, [property: Length(0, 30)] IReadOnlyDictionary<string, Guid>? Materials = null);

/// <summary>A consent.</summary>
/// <param name="Consent">True: the city may read name, ID number, phone, birth date, sex and home cell from its register for this form.</param>
public sealed record PrefillRequest(bool Consent);

/// <summary>A form that was begun.</summary>
/// <param name="Service">What for.</param>
/// <param name="Version">Of the service's definition.</param>
/// <param name="SavedAt">When it was kept, UTC.</param>
/// <param name="Form">As it stands, with what the city filled in.</param>
/// <param name="FieldsFromCity">The fields that the city filled in; they cannot be changed here.</param>
/// <param name="Materials">The papers that the rules ask for.</param>
/// <param name="Problems">What is still to be done before it can be submitted.</param>
public sealed record DraftView(
    string Service, int Version, DateTimeOffset SavedAt, IReadOnlyDictionary<string, JsonElement> Form, IReadOnlyList<string> FieldsFromCity,
    IReadOnlyList<NeededMaterial> Materials, IReadOnlyList<DraftProblem> Problems);

/// <summary>A paper that the rules ask for.</summary>
/// <param name="Key">Names it within the service.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="SatisfiedBy">Who brought it; absent while it is missing.</param>
public sealed record NeededMaterial(string Key, string Name, MaterialSource? SatisfiedBy = null);

/// <summary>Something that is still to be done.</summary>
/// <param name="Code">The problem code that a submission would be refused with.</param>
/// <param name="Field">Where; absent where it is about the whole.</param>
/// <param name="Reason">Why the person may not apply, in the caller's language; absent for other problems.</param>
public sealed record DraftProblem(string Code, string? Field = null, string? Reason = null);
