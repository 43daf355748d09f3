using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person leaves. What tracing made of the assumed length is corrected with it.</summary>
internal static class CheckOut
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/check-ins/{visitId:guid}/check-out", HandleAsync)
        .WithName("CheckOut")
        .WithTags("Visits")
        .WithSummary("Ends the caller's own visit, now or at a time given; the first check-out holds, repeating it changes nothing.")
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<VisitView>, Refusal>> HandleAsync(
        Guid visitId, CheckOutRequest request, Caller caller, People people, PlaceRegistrationDb db, VisitLog visits, IOptions<VisitLimits> limits,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (citizenId, refusal) = await people.CitizenOfAsync(caller.AccountId, Purpose.OwnRecords, cancellationToken);
        if (refusal is not null) return refusal;
        if (await db.VisitAsync(visitId, citizenId, cancellationToken) is not { } visit) return Refusal.NotFound("visit_unknown");
        if (visit.IsOpen)
        {
            var leftAt = request.At ?? now;
            if (Stay.FaultOfEnd(visit.ArrivedAt, leftAt, now, limits.Value) is { } fault) return Refusal.Invalid(fault, "at");
            await visits.LeaveAsync(visit, Stay.Truncate(leftAt), now, cancellationToken);
            visit = (await db.VisitAsync(visitId, citizenId, CancellationToken.None))!; // Just written, and nothing deletes single visits.
        }

        var name = await db.Places.Where(place => place.Id == visit.PlaceId).Select(place => place.Name).SingleAsync(CancellationToken.None);
        return TypedResults.Ok(VisitView.Of(visit, name));
    }

    private static async Task<Visit?> VisitAsync(this PlaceRegistrationDb db, Guid visitId, Guid citizenId, CancellationToken cancellationToken)
    {
        // The arrival, which the id holds, leads to the one partition.
        if (new VisitId(visitId).ArrivedAt is not { } arrivedAt) return null;
        return await db.Visits.AsNoTracking().SingleOrDefaultAsync(
            visit => visit.Id == visitId && visit.ArrivedAt == arrivedAt && visit.CitizenId == citizenId, cancellationToken);
    }
}

/// <summary>The end of a visit.</summary>
/// <param name="At">When the person left, not included; absent for now.</param>
public sealed record CheckOutRequest(DateTimeOffset? At = null);
