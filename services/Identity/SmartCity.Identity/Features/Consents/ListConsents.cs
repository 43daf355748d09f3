using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Consents;

/// <summary>The consents that the caller gave or was given.</summary>
internal static class ListConsents
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/consents", HandleAsync)
        .Allow([.. Roles.All.Except([Roles.Proxy])])
        .WithName("ListConsents").WithTags("Consents").WithSummary("Consents that the caller gave or was given, the newest first.")
        .WithExample(answer: new Page<ConsentView>([ConsentView.Example]));

    private static async Task<Results<Ok<Page<ConsentView>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, IdentityDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;

        var me = caller.AccountId;
        var rows = await db.Consents.AsNoTracking()
            .Where(consent => (consent.PersonId == me || consent.ProxyId == me) && (after == null || consent.Id < after))
            .OrderByDescending(consent => consent.Id)
            .Take(page.Take + 1)
            .Select(consent => new { consent, other = db.Accounts.Single(account => account.Id == (consent.PersonId == me ? consent.ProxyId : consent.PersonId)) })
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(Page<ConsentView>.From([.. rows.Select(row => ConsentView.Of(row.consent, row.other, personalData, now))], page.Take, consent => consent.Id.ToString()));
    }
}
