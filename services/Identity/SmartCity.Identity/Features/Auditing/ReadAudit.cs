using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Auditing;

/// <summary>Everybody reads the record of their own account; an auditor reads anybody's, and that is recorded too.</summary>
internal static class ReadAudit
{
    public static void Map(IEndpointRouteBuilder features)
    {
        var example = new Page<Response>([new Response(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), Guid.Parse("0199c1c0-11aa-7bb2-93cc-44dd55ee66ff"), Guid.Parse("0199c1c0-11aa-7bb2-93cc-44dd55ee66ff"), AuditAction.SignedIn, Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"))]);
        features.MapGet("/me/audit", ReadOwnAsync)
            .Allow([.. Roles.All.Except([Roles.Proxy])]).WithName("ReadOwnAudit").WithTags("Audit")
            .WithSummary("What was done with the caller's account or by the caller, the newest first.")
            .WithExample(answer: example);
        features.MapGet("/accounts/{accountId:guid}/audit", ReadOfAccountAsync)
            .Allow(Roles.Auditor).WithName("ReadAccountAudit").WithTags("Audit")
            .WithSummary("What was done with an account, the newest first. Its owner sees that it was read.")
            .WithExample(answer: example);
    }

    private static Task<Results<Ok<Page<Response>>, Refusal>> ReadOwnAsync(
        [AsParameters] PageQuery page, Caller caller, IdentityDb db, CancellationToken cancellationToken) =>
        ReadAsync(page, db.Audit.Where(entry => entry.AccountId == caller.AccountId || entry.ActorId == caller.AccountId), cancellationToken);

    private static async Task<Results<Ok<Page<Response>>, Refusal>> ReadOfAccountAsync(
        Guid accountId, [AsParameters] PageQuery page, Caller caller, IdentityDb db,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, CancellationToken cancellationToken)
    {
        if (!await db.Accounts.AnyAsync(account => account.Id == accountId, cancellationToken)) return Refusal.NotFound();

        db.Audit.Add(AuditEntry.Of(AuditAction.AuditRead, accountId, realTime.GetUtcNow(), actor: caller.AccountId));
        await db.SaveChangesAsync(cancellationToken);
        return await ReadAsync(page, db.Audit.Where(entry => entry.AccountId == accountId), cancellationToken);
    }

    private static async Task<Results<Ok<Page<Response>>, Refusal>> ReadAsync(PageQuery page, IQueryable<AuditEntry> entries, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await entries
            .Where(entry => after == null || entry.Id < after)
            .OrderByDescending(entry => entry.Id)
            .Take(page.Take + 1)
            .Select(entry => new Response(entry.Id, entry.At, entry.AccountId, entry.ActorId, entry.Action, entry.Subject))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Response>.From(rows, page.Take, row => row.Id.ToString()));
    }

    /// <param name="AccountId">Whose account.</param>
    /// <param name="ActorId">Who did it.</param>
    /// <param name="Subject">The session or consent.</param>
    internal sealed record Response(Guid Id, DateTimeOffset At, Guid AccountId, Guid ActorId, AuditAction Action, Guid? Subject);
}
