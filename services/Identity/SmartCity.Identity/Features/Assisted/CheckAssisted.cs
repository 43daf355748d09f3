using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Assisted;

/// <summary>
/// Somebody else looks at a registration that was drawn: they enter the document that they see, and are not told the first one's. Where the two
/// differ, or they doubt it, nobody acts with the account any more.
/// </summary>
internal static class CheckAssisted
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/people/checks", ListAsync)
            .Allow(Roles.GridWorker, Roles.CounterStaff)
            .WithName("ListSecondChecks").WithTags("Assisted")
            .WithSummary("Registrations that wait for a second check, the oldest first; not the caller's own.")
            .WithExample(answer: new Page<Waiting>([new Waiting(Example, IdentityDocument.IdCard, new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero))]));
        features.MapPost("/people/{accountId:guid}/check", CheckAsync)
            .Allow(Roles.GridWorker, Roles.CounterStaff)
            .WithName("CheckPersonWithoutPhone").WithTags("Assisted")
            .WithSummary("The second check: the document as the caller sees it. A different or doubted one closes the account.")
            .WithExample(new Request(IdentityDocument.IdCard, "310101194903071234"), new Response(CheckOutcome.Confirmed));
    }

    private static Guid Example => Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10");

    private static async Task<Results<Ok<Page<Waiting>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, Caller caller, IdentityDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await db.AssistedRegistrations
            .Where(one => one.ChosenForCheck && one.Outcome == null && one.RegisteredBy != caller.AccountId && (after == null || one.AccountId > after))
            .OrderBy(one => one.AccountId)
            .Take(page.Take + 1)
            .Select(one => new Waiting(one.AccountId, one.Document, one.RegisteredAt))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Waiting>.From(rows, page.Take, row => row.AccountId.ToString()));
    }

    private static async Task<Results<Ok<Response>, Refusal>> CheckAsync(
        Guid accountId, Request request, Caller caller, IdentityDb db, PersonalData personalData, TimeProvider clock,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        var now = realTime.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var registration = await db.AssistedRegistrations
            .FromSql($"SELECT * FROM assisted_registrations WHERE account_id = {accountId} AND chosen_for_check FOR UPDATE")
            .SingleOrDefaultAsync(cancellationToken);
        if (registration is null) return Refusal.NotFound();
        if (registration.RegisteredBy == caller.AccountId) return Refusal.Conflict("own_registration");
        if (registration.Outcome is { } outcome) return registration.CheckedBy == caller.AccountId ? TypedResults.Ok(new Response(outcome)) : Refusal.Conflict("checked_already");

        var hash = AssistedRegistration.HashOf(request.Document, request.DocumentNumber, personalData);
        registration.Check(caller.AccountId, request.Document, hash, request.Doubted, now);
        db.Audit.Add(AuditEntry.Of(AuditAction.SecondCheckDone, accountId, now, actor: caller.AccountId));
        if (registration.Outcome == CheckOutcome.Doubtful)
        {
            (await db.Accounts.SingleAsync(account => account.Id == accountId, cancellationToken)).ClosedAt = now;
            db.Audit.Add(AuditEntry.Of(AuditAction.AccountClosed, accountId, now, actor: caller.AccountId));
            await db.Consents.Where(consent => consent.PersonId == accountId && consent.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(consent => consent.RevokedAt, clock.GetUtcNow()), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(new Response(registration.Outcome!.Value));
    }

    /// <param name="AccountId">The person's account.</param>
    /// <param name="Document">What kind of document was seen; its number is not told.</param>
    /// <param name="RegisteredAt">When, UTC.</param>
    internal sealed record Waiting(Guid AccountId, IdentityDocument Document, DateTimeOffset RegisteredAt);

    /// <param name="Document">What kind of document the caller sees.</param>
    /// <param name="DocumentNumber">Its number as printed.</param>
    /// <param name="Doubted">Whether something else is not right, for example the photograph.</param>
    internal sealed record Request(
        [Required] IdentityDocument Document, [Required, RegularExpression(RegisterAssisted.NumberPattern)] string DocumentNumber, bool Doubted = false);

    /// <param name="Outcome">Doubtful: the account is closed, and its consents are revoked.</param>
    internal sealed record Response(CheckOutcome Outcome);
}
