using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Assisted;

/// <summary>
/// A grid worker at the door, or a counter's staff, registers somebody who has no phone by a document that they see; somebody who is known gets
/// the same account. To act for the person takes a consent besides.
/// </summary>
internal static class RegisterAssisted
{
    public const string NumberPattern = @"^[A-Za-z0-9 \-]{5,30}\z";

    private const int Million = 1_000_000;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/people", HandleAsync)
        .Allow(Roles.GridWorker, Roles.CounterStaff)
        .WithName("RegisterPersonWithoutPhone").WithTags("Assisted")
        .WithSummary("Registers somebody who has no phone by a document that the caller sees. Some registrations are drawn for a second check.")
        .WithExample(
            new Request(IdentityDocument.IdCard, "310101194903071234"),
            new Response(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), true));

    private static async Task<Results<Ok<Response>, Created<Response>, Refusal>> HandleAsync(
        Request request, Caller caller, IdentityDb db, PersonalData personalData, IOptions<ProviderSettings> settings,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var now = realTime.GetUtcNow();
        var hash = AssistedRegistration.HashOf(request.Document, request.DocumentNumber, personalData);
        if (await FindAsync(db, hash, cancellationToken) is { } known)
        {
            db.Audit.Add(AuditEntry.Of(AuditAction.PersonFound, known.AccountId, now, actor: caller.AccountId));
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Ok(new Response(known.AccountId, New: false));
        }

        // A document that was doubted before is looked at again in any case.
        var doubted = await db.AssistedRegistrations.AnyAsync(earlier => earlier.DocumentHash == hash, cancellationToken);
        var account = Add(db, caller.AccountId, request, hash, doubted || IsDrawn(settings.Value), now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created((string?)null, new Response(account, New: true));
    }

    /// <summary>The person whom this document belongs to, unless it was doubted.</summary>
    public static Task<AssistedRegistration?> FindAsync(IdentityDb db, byte[] documentHash, CancellationToken cancellationToken) =>
        db.AssistedRegistrations.SingleOrDefaultAsync(
            known => known.DocumentHash == documentHash && (known.Outcome == null || known.Outcome != CheckOutcome.Doubtful), cancellationToken);

    /// <summary>Adds account, registration and record; the caller saves.</summary>
    public static Guid Add(
        IdentityDb db, Guid by, Request request, byte[] documentHash, bool chosenForCheck, DateTimeOffset now, Relation? relation = null)
    {
        var account = Account.WithoutPhone(now);
        db.Accounts.Add(account);
        db.AssistedRegistrations.Add(AssistedRegistration.Of(account.Id, by, request.Document, documentHash, chosenForCheck, now, relation));
        db.Audit.Add(AuditEntry.Of(AuditAction.AccountCreated, account.Id, now, actor: by));
        return account.Id;
    }

    /// <summary>Nobody can foresee which registrations are looked at twice.</summary>
    public static bool IsDrawn(ProviderSettings settings) => RandomNumberGenerator.GetInt32(Million) < settings.SecondCheckShare * Million;

    /// <param name="Document">What kind of document was seen.</param>
    /// <param name="DocumentNumber">Its number as printed; only a keyed hash of it is kept.</param>
    internal sealed record Request([Required] IdentityDocument Document, [Required, RegularExpression(NumberPattern)] string DocumentNumber);

    /// <param name="AccountId">The person's account, for a consent.</param>
    /// <param name="New">Whether it was made now.</param>
    internal sealed record Response(Guid AccountId, bool New);
}
