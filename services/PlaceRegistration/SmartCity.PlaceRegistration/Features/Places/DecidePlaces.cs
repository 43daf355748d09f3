using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>The department reads what owners have registered, and approves it or turns it down.</summary>
internal static class DecidePlaces
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/places/pending", ListAsync).WithName("ListPendingPlaces").WithTags("Places")
            .WithSummary("Places that wait for approval, oldest first.")
            .WithExample(answer: new Page<OwnPlace>([OwnPlace.Example with { State = PlaceState.Pending }])).Allow(Roles.HealthOfficer);
        features.MapPost("/places/decisions", DecideAsync).WithName("DecidePlaces").WithTags("Places")
            .WithSummary("Approves up to 500 places or turns them down, each with the parts of the same owner that still wait; saying it again changes nothing.")
            .WithExample(new DecisionRequest([Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001")], true), new DecisionAnswer(1)).Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<Page<OwnPlace>>, Refusal>> ListAsync([AsParameters] PageQuery page, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await db.Places.AsNoTracking()
            .Where(place => place.State == PlaceState.Pending && (after == null || place.Id.CompareTo(after.Value) > 0))
            .OrderBy(place => place.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<OwnPlace>.From([.. rows.Select(OwnPlace.Of)], page.Take, place => place.PlaceId.ToString()));
    }

    private static async Task<Results<Ok<DecisionAnswer>, Refusal>> DecideAsync(
        DecisionRequest request, Caller caller, PlaceRegistrationDb db, PlaceBook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!request.Approved && string.IsNullOrWhiteSpace(request.Note)) return Refusal.Invalid("note_missing", "note");
        var state = request.Approved ? PlaceState.Approved : PlaceState.Rejected;
        Guid[] ids = [.. request.PlaceIds];
        var chosen = await db.Places.Where(place => ids.Contains(place.Id)).ToListAsync(cancellationToken);
        Guid[] owners = [.. chosen.Select(place => place.OwnerId).Distinct()];
        var parts = await db.Places
            .Where(place => place.State == PlaceState.Pending && owners.Contains(place.OwnerId) && place.Ancestors.Any(ancestor => ids.Contains(ancestor)))
            .ToListAsync(cancellationToken);

        var places = chosen.Union(parts).Where(place => place.State != state).ToList();
        foreach (var place in places) place.Decide(state, request.Note, caller.AccountId, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        foreach (var place in places) book.Forget(place);
        return TypedResults.Ok(new DecisionAnswer(places.Count));
    }
}

/// <summary>A decision about places.</summary>
/// <param name="PlaceIds">Which.</param>
/// <param name="Approved">They may be used.</param>
/// <param name="Note">For the owner; must be there where they are turned down.</param>
public sealed record DecisionRequest([property: Required, Length(1, 500)] IReadOnlyList<Guid> PlaceIds, bool Approved, [property: StringLength(500)] string? Note = null);

/// <summary>What came of it.</summary>
/// <param name="Places">How many places have changed.</param>
public sealed record DecisionAnswer(int Places);
