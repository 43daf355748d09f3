using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Consents;

/// <summary>A person lets somebody act for them, named by phone (family, a grid worker) or by account.</summary>
internal static class GiveConsent
{
    private const int MostInForce = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/consents", HandleAsync)
        .Allow(Roles.Citizen)
        .WithName("GiveConsent").WithTags("Consents")
        .WithSummary("Lets a proxy use some services for the caller, until a time. The proxy gets tokens for it by token exchange.")
        .WithExample(new Request(["health-code"], new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero).AddDays(30), ProxyPhone: "13800000002"), ConsentView.Example);

    private static async Task<Results<Created<ConsentView>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, IdentityDb db, PersonalData personalData, IOptions<ProviderSettings> settings,
        TimeProvider clock, [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.Services.Except(settings.Value.ProxyServices).Any()) return Refusal.Invalid("service_invalid", "services");
        if (request.ExpiresAt <= now || request.ExpiresAt > now + Longest) return Refusal.Invalid("expiry_invalid", "expiresAt", Longest.Days);
        if (request.ProxyPhone is null == request.ProxyAccountId is null) return Refusal.Invalid("proxy_invalid", "proxyPhone");

        // Whoever looks after a child may let a carer act for it.
        var person = request.DependantAccountId ?? caller.AccountId;
        if (person != caller.AccountId && !await IsGuardianAsync(db, person, caller.AccountId, now, cancellationToken)) return Refusal.NotFound("person_unknown");

        var earlier = await db.Consents.SingleOrDefaultAsync(consent => consent.PersonId == person && consent.RequestKey == key.Value, cancellationToken);
        if (earlier is not null) return Answer(await ConsentView.OfAsync(db, earlier, person, personalData, now, cancellationToken));

        if (await db.Consents.CountAsync(consent => consent.PersonId == person && consent.RevokedAt == null && consent.ExpiresAt > now, cancellationToken) >= MostInForce)
        {
            return Refusal.Conflict("consents_too_many", field: null, MostInForce);
        }

        if (await ProxyAsync(request.ProxyAccountId, request.ProxyPhone, db, personalData, realTime.GetUtcNow(), cancellationToken) is not { } proxy) return Refusal.Invalid("proxy_invalid", "proxyAccountId");
        if (proxy.Id == person) return Refusal.Invalid("proxy_is_self");

        var consent = Consent.Give(person, proxy.Id, [.. request.Services.Distinct()], request.ExpiresAt.ToUniversalTime(), key.Value, now);
        db.Consents.Add(consent);
        db.Audit.Add(AuditEntry.Of(AuditAction.ConsentGiven, person, realTime.GetUtcNow(), actor: caller.AccountId, subject: consent.Id));
        await db.SaveChangesAsync(cancellationToken);
        return Answer(await ConsentView.OfAsync(db, consent, person, personalData, now, CancellationToken.None));
    }

    private static Created<ConsentView> Answer(ConsentView consent) => TypedResults.Created($"/identity/v1/consents/{consent.Id}", consent);

    /// <summary>A phone that is not known gets its account now: the answer must not tell who has one.</summary>
    public static async Task<Account?> ProxyAsync(
        Guid? accountId, string? proxyPhone, IdentityDb db, PersonalData personalData, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (accountId is { } id) return await db.Accounts.SingleOrDefaultAsync(account => account.Id == id && account.ClosedAt == null, cancellationToken);
        if (!Phone.TryParse(proxyPhone, out var phone)) return null;

        var hash = personalData.Lookup(phone.Value);
        var known = await db.Accounts.SingleOrDefaultAsync(account => account.PhoneHash == hash, cancellationToken);
        if (known is not null) return known;
        var proxy = Account.OfPhone(phone, personalData, now);
        db.Accounts.Add(proxy);
        db.Audit.Add(AuditEntry.Of(AuditAction.AccountCreated, proxy.Id, now));
        return proxy;
    }

    private static Task<bool> IsGuardianAsync(IdentityDb db, Guid person, Guid guardian, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Consents.AnyAsync(
            one => one.PersonId == person && one.ProxyId == guardian && one.Form == ConsentForm.Guardianship && one.RevokedAt == null && one.ExpiresAt > now, cancellationToken);

    /// <param name="Services">Which services the proxy may use for the person, for example health-code.</param>
    /// <param name="ExpiresAt">At most a year ahead, not included.</param>
    /// <param name="ProxyPhone">Who may act; this or <paramref name="ProxyAccountId"/>.</param>
    /// <param name="ProxyAccountId">Who may act, where the person knows the account.</param>
    /// <param name="DependantAccountId">For whom, where it is not for the caller but for somebody whom the caller looks after.</param>
    internal sealed record Request(
        [Required, Length(1, 10)] IReadOnlyList<string> Services, DateTimeOffset ExpiresAt,
        [RegularExpression(Domain.Phone.Pattern)] string? ProxyPhone = null, Guid? ProxyAccountId = null, Guid? DependantAccountId = null);
}
