using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Assisted;

/// <summary>
/// Children and elders on one phone: whoever looks after them registers them and acts for them like any proxy, by a consent that ends. That of a
/// child is renewed from the phone; an adult says so again before a witness, because they could have changed their mind.
/// </summary>
internal static class ManageDependants
{
    private const int Most = 10;

    private static readonly TimeSpan LongestOfChild = TimeSpan.FromDays(366);
    private static readonly TimeSpan LongestOfAdult = TimeSpan.FromDays(90);

    public static void Map(IEndpointRouteBuilder features)
    {
        var dependants = features.MapGroup("/me/dependants").WithTags("Assisted");
        var example = new Dependant(
            Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), Relation.Child, Guid.Parse("0199c1ca-2f6d-7c11-8d35-64f0b7a9e2c1"),
            new DateTimeOffset(2023, 3, 20, 0, 0, 0, TimeSpan.Zero), InForce: true);
        dependants.MapPost("", AddAsync)
            .Allow(Roles.Citizen).WithName("AddDependant")
            .WithSummary("Registers a child, an elder or a ward whom the caller looks after; the answer names the consent to exchange for tokens.")
            .WithExample(new Request(Relation.Child, IdentityDocument.HouseholdRegister, "310101201503071234"), example);
        dependants.MapGet("", ListAsync)
            .Allow(Roles.Citizen).WithName("ListDependants").WithSummary("Whom the caller looks after.")
            .WithExample(answer: new[] { example });
        dependants.MapPost("/{accountId:guid}/renewal", RenewAsync)
            .Allow(Roles.Citizen).WithName("RenewDependant").WithSummary("Goes on acting for a child for up to a year; for an adult, a counter records it before a witness.")
            .WithExample(answer: example);
    }

    private static async Task<Results<Ok<Dependant>, Created<Dependant>, Refusal>> AddAsync(
        Request request, Caller caller, IdentityDb db, PersonalData personalData, IOptions<ProviderSettings> settings,
        TimeProvider clock, [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var (now, me) = (clock.GetUtcNow(), caller.AccountId);
        var hash = AssistedRegistration.HashOf(request.Document, request.DocumentNumber, personalData);
        if (await RegisterAssisted.FindAsync(db, hash, cancellationToken) is { } known)
        {
            if (known.RegisteredBy != me || known.Relation is null) return Refusal.Conflict("person_known", "documentNumber");
            return TypedResults.Ok((await OfAsync(db, me, now, cancellationToken)).Single(one => one.AccountId == known.AccountId));
        }

        if (await db.AssistedRegistrations.CountAsync(one => one.RegisteredBy == me && one.Relation != null, cancellationToken) >= Most)
            return Refusal.Conflict("dependants_too_many", field: null, Most);

        // An adult could speak for themselves: that they do not is always looked at by somebody else.
        var chosen = request.Relation != Relation.Child || RegisterAssisted.IsDrawn(settings.Value);
        var account = RegisterAssisted.Add(db, me, new(request.Document, request.DocumentNumber), hash, chosen, realTime.GetUtcNow(), request.Relation);
        var consent = Guard(db, account, me, request.Relation, Guid.CreateVersion7(), settings.Value, now, realTime.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created((string?)null, new Dependant(account, request.Relation, consent.Id, consent.ExpiresAt, InForce: true));
    }

    private static async Task<Ok<Dependant[]>> ListAsync(Caller caller, IdentityDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        TypedResults.Ok(await OfAsync(db, caller.AccountId, clock.GetUtcNow(), cancellationToken));

    private static async Task<Results<Ok<Dependant>, Refusal>> RenewAsync(
        Guid accountId, IdempotencyKey key, Caller caller, IdentityDb db, IOptions<ProviderSettings> settings,
        TimeProvider clock, [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var (now, me) = (clock.GetUtcNow(), caller.AccountId);
        var registration = await db.AssistedRegistrations.SingleOrDefaultAsync(
            one => one.AccountId == accountId && one.RegisteredBy == me && one.Relation != null && (one.Outcome == null || one.Outcome != CheckOutcome.Doubtful), cancellationToken);
        if (registration is null) return Refusal.NotFound("person_unknown");
        if (registration.Relation != Relation.Child) return Refusal.Conflict("renewal_needs_witness");

        var earlier = await db.Consents
            .Where(one => one.PersonId == accountId && one.ProxyId == me && one.RevokedAt == null && one.ExpiresAt > now).ToListAsync(cancellationToken);
        if (earlier.Find(one => one.RequestKey == key.Value) is { } same)
            return TypedResults.Ok(new Dependant(accountId, Relation.Child, same.Id, same.ExpiresAt, InForce: true));
        foreach (var old in earlier) old.RevokedAt = now;
        var consent = Guard(db, accountId, me, Relation.Child, key.Value, settings.Value, now, realTime.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new Dependant(accountId, Relation.Child, consent.Id, consent.ExpiresAt, InForce: true));
    }

    private static Consent Guard(IdentityDb db, Guid person, Guid guardian, Relation relation, Guid key, ProviderSettings settings, DateTimeOffset now, DateTimeOffset real)
    {
        var consent = Consent.Record(
            person, guardian, settings.ProxyServices, now + (relation == Relation.Child ? LongestOfChild : LongestOfAdult), key, now,
            ConsentForm.Guardianship, guardian);
        db.Consents.Add(consent);
        db.Audit.Add(AuditEntry.Of(AuditAction.ConsentGiven, person, real, actor: guardian, subject: consent.Id));
        return consent;
    }

    private static async Task<Dependant[]> OfAsync(IdentityDb db, Guid guardian, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await (
            from one in db.AssistedRegistrations
            where one.RegisteredBy == guardian && one.Relation != null && (one.Outcome == null || one.Outcome != CheckOutcome.Doubtful)
            orderby one.AccountId
            select new
            {
                one.AccountId, one.Relation,
                Consent = db.Consents.Where(consent => consent.PersonId == one.AccountId && consent.ProxyId == guardian).OrderByDescending(consent => consent.Id).First(),
            }).AsNoTracking().ToListAsync(cancellationToken);
        return [.. rows.Select(row => new Dependant(row.AccountId, row.Relation!.Value, row.Consent.Id, row.Consent.ExpiresAt, row.Consent.IsInForce(now)))];
    }

    /// <param name="Relation">What the person is to the caller.</param>
    /// <param name="Document">The document in the caller's hand.</param>
    /// <param name="DocumentNumber">Its number as printed; only a keyed hash of it is kept.</param>
    internal sealed record Request(
        [Required] Relation Relation, [Required] IdentityDocument Document, [Required, RegularExpression(RegisterAssisted.NumberPattern)] string DocumentNumber);

    /// <param name="AccountId">The person's account.</param>
    /// <param name="Relation">What the person is to the caller.</param>
    /// <param name="ConsentId">The subject token of the token exchange.</param>
    /// <param name="ExpiresAt">End of the consent, not included.</param>
    /// <param name="InForce">Neither ended nor revoked.</param>
    internal sealed record Dependant(Guid AccountId, Relation Relation, Guid ConsentId, DateTimeOffset ExpiresAt, bool InForce);
}
