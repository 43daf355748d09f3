using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.Consents;
using SmartCity.Identity.Features.People;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Assisted;

/// <summary>
/// Staff record a consent that a person gives in their presence or on the phone: to the staff themselves, or to a carer. Somebody without a phone
/// consents before a witness, whose name is kept; whoever has a phone confirms with a code sent to it, so that nobody can consent in their place.
/// </summary>
internal static class WitnessConsent
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/witnessed-consents", HandleAsync)
        .Allow(Roles.GridWorker, Roles.CounterStaff)
        .WithName("WitnessConsent").WithTags("Assisted")
        .WithSummary("Records a consent of somebody without a phone before a witness, or of somebody who confirms with a code on their phone; to the caller or to a carer.")
        .WithExample(
            new Request(["health-code"], new DateTimeOffset(2022, 4, 20, 0, 0, 0, TimeSpan.Zero), PersonAccountId: Person, Witness: "王芳, 邻居"),
            new ConsentView(
                Guid.Parse("0199c1ca-2f6d-7c11-8d35-64f0b7a9e2c1"), Person, Guid.Parse("0199c1c0-11aa-7bb2-93cc-44dd55ee66ff"), null, ["health-code"],
                new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2022, 4, 20, 0, 0, 0, TimeSpan.Zero), null, true, ConsentForm.Witnessed));

    private static Guid Person => Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10");

    private static async Task<Results<Created<ConsentView>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, IdentityDb db, PersonalData personalData, IOptions<ProviderSettings> settings,
        TimeProvider clock, [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var (now, real) = (clock.GetUtcNow(), realTime.GetUtcNow());
        if (request.Services.Except(settings.Value.ProxyServices).Any()) return Refusal.Invalid("service_invalid", "services");
        if (request.ExpiresAt <= now || request.ExpiresAt > now + Longest) return Refusal.Invalid("expiry_invalid", "expiresAt", Longest.Days);
        if (request.ProxyPhone is not null && request.ProxyAccountId is not null) return Refusal.Invalid("proxy_invalid", "proxyPhone");

        var recorded = await db.Consents.SingleOrDefaultAsync(consent => consent.RecordedBy == caller.AccountId && consent.RequestKey == key.Value, cancellationToken);
        if (recorded is not null) return await AnswerAsync(recorded);

        var (person, form, refusal) = await PersonAsync(request, db, personalData, real, cancellationToken);
        if (person is null) return refusal!;
        var proxy = request.ProxyPhone is null && request.ProxyAccountId is null
            ? await db.Accounts.SingleAsync(account => account.Id == caller.AccountId, cancellationToken)
            : await GiveConsent.ProxyAsync(request.ProxyAccountId, request.ProxyPhone, db, personalData, real, cancellationToken);
        if (proxy is null) return Refusal.Invalid("proxy_invalid", "proxyAccountId");
        if (proxy.Id == person.Id) return Refusal.Invalid("proxy_is_self");

        var consent = Consent.Record(
            person.Id, proxy.Id, request.Services, request.ExpiresAt, key.Value, now, form, caller.AccountId,
            id => request.Witness is { } witness ? personalData.Seal(witness, id) : null);
        db.Consents.Add(consent);
        db.Audit.Add(AuditEntry.Of(AuditAction.ConsentGiven, person.Id, real, actor: caller.AccountId, subject: consent.Id));
        await db.SaveChangesAsync(cancellationToken);
        return await AnswerAsync(consent);

        async Task<Created<ConsentView>> AnswerAsync(Consent kept) =>
            TypedResults.Created($"/identity/v1/consents/{kept.Id}", await ConsentView.OfAsync(db, kept, kept.PersonId, personalData, now, CancellationToken.None));
    }

    private static async Task<(Account? Person, ConsentForm Form, Refusal? Refusal)> PersonAsync(
        Request request, IdentityDb db, PersonalData personalData, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (request is { PersonAccountId: { } id, PersonPhone: null, PhoneCode: null, Witness: not null })
        {
            var person = await db.Accounts.SingleOrDefaultAsync(account => account.Id == id && account.ClosedAt == null, cancellationToken);
            if (person is null || !person.IsPerson) return (null, default, Refusal.NotFound("person_unknown"));
            return person.PhoneHash is null ? (person, ConsentForm.Witnessed, null) : (null, default, Refusal.Conflict("consent_needs_phone", "personPhone"));
        }

        if (request is not { PersonAccountId: null, PersonPhone: { } text, PhoneCode: { } code, Witness: null } || !Phone.TryParse(text, out var phone))
            return (null, default, Refusal.Invalid("consent_unconfirmed", "personAccountId"));
        var hash = personalData.Lookup(phone.Value);
        var known = await db.Accounts.SingleOrDefaultAsync(account => account.PhoneHash == hash && account.ClosedAt == null, cancellationToken);
        var sent = await PhoneCodes.TryAsync(db, hash, code, personalData, now, cancellationToken);
        // Who has an account is not said to somebody who cannot read the phone.
        return known is not null && sent is not null && await PhoneCodes.UseAsync(db, sent, now, cancellationToken)
            ? (known, ConsentForm.ConfirmedByPhone, null)
            : (null, default, Refusal.Invalid("phone_code_wrong", "phoneCode"));
    }

    /// <param name="Services">Which services the proxy may use for the person.</param>
    /// <param name="ExpiresAt">At most 90 days ahead, not included.</param>
    /// <param name="PersonAccountId">Whoever has no phone; with <paramref name="Witness"/>.</param>
    /// <param name="Witness">Who heard the person consent: name, and what they are to the person. Kept sealed.</param>
    /// <param name="PersonPhone">Whoever has a phone; with <paramref name="PhoneCode"/>.</param>
    /// <param name="PhoneCode">The code that was sent to it.</param>
    /// <param name="ProxyPhone">A carer's phone; without it and <paramref name="ProxyAccountId"/> the caller is meant.</param>
    /// <param name="ProxyAccountId">A carer's account.</param>
    internal sealed record Request(
        [Required, Length(1, 10)] IReadOnlyList<string> Services, DateTimeOffset ExpiresAt,
        Guid? PersonAccountId = null, [StringLength(100, MinimumLength = 2)] string? Witness = null,
        [RegularExpression(Domain.Phone.Pattern)] string? PersonPhone = null, [RegularExpression(@"^[0-9]{6}\z")] string? PhoneCode = null,
        [RegularExpression(Domain.Phone.Pattern)] string? ProxyPhone = null, Guid? ProxyAccountId = null);
}
