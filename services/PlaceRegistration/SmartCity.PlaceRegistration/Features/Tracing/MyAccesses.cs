using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A person reads who looked at their exposures. Nothing about the case: that is somebody else's matter.</summary>
internal static class MyAccesses
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/me/accesses", HandleAsync)
        .WithName("ListMyAccesses")
        .WithTags("Tracing")
        .WithSummary("When officers were shown exposures of the caller, newest first.")
        .WithExample(answer: new Page<AccessView>([new AccessView(Examples.RunId, Examples.CitizenId, Examples.At)]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<AccessView>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, People people, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var (citizenId, refusal) = await people.CitizenOfAsync(caller.AccountId, Purpose.OwnRecords, cancellationToken);
        if (refusal is not null) return refusal;

        var rows = await db.Looks
            .Where(look => look.CitizenId == citizenId && (after == null || look.Id.CompareTo(after.Value) < 0))
            .OrderByDescending(look => look.Id)
            .Take(page.Take + 1)
            .Select(look => new AccessView(look.Id, look.OfficerId, look.LookedAt))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<AccessView>.From(rows, page.Take, access => access.AccessId.ToString()));
    }
}

/// <summary>A look at the caller's data.</summary>
/// <param name="AccessId">The record of it.</param>
/// <param name="OfficerId">The account of the health officer.</param>
/// <param name="At">When, UTC.</param>
public sealed record AccessView(Guid AccessId, Guid OfficerId, DateTimeOffset At);
