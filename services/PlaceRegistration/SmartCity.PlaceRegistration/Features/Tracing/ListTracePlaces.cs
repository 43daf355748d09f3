using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Where a case met how many: what officers judge a trace by before anybody is told.</summary>
internal static class ListTracePlaces
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}/places", HandleAsync)
        .WithName("ListTracePlaces")
        .WithTags("Tracing")
        .WithSummary("The places where contacts of a case were found, with counts; no person.")
        .WithExample(answer: new Page<TracePlace>([new TracePlace(Examples.PlaceId, "Tea house", PlaceType.Restaurant, Ventilation.Poor, "3123N12147E", 31, 9, 75)]))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<Page<TracePlace>>, Refusal>> HandleAsync(
        Guid caseId, [AsParameters] PageQuery page, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (!await db.Cases.AnyAsync(traced => traced.CaseId == caseId, cancellationToken)) return Refusal.NotFound("case_unknown");

        var rows = await db.Exposures
            .Where(exposure => exposure.CaseId == caseId && !exposure.Withdrawn && (after == null || exposure.PlaceId.CompareTo(after.Value) > 0))
            .GroupBy(exposure => exposure.PlaceId)
            .Select(found => new
            {
                PlaceId = found.Key, Contacts = found.Count(), High = found.Count(exposure => exposure.Severity == ExposureSeverity.High), Longest = found.Max(exposure => exposure.Minutes),
            })
            .OrderBy(found => found.PlaceId)
            .Take(page.Take + 1)
            .Join(db.Places, found => found.PlaceId, place => place.Id, (found, place) => new TracePlace(
                place.Id, place.Name, place.Type, place.Ventilation, place.Cell, found.Contacts, found.High, found.Longest))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<TracePlace>.From([.. rows.OrderBy(place => place.PlaceId)], page.Take, place => place.PlaceId.ToString()));
    }
}

/// <summary>A place of a trace.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Ventilation">How its air is changed.</param>
/// <param name="Cell">Its grid cell.</param>
/// <param name="Contacts">Persons who breathed the air of the case there.</param>
/// <param name="High">Those of them whose exposure is severe.</param>
/// <param name="LongestMinutes">The longest exposure.</param>
public sealed record TracePlace(Guid PlaceId, string Name, PlaceType Type, Ventilation Ventilation, string Cell, int Contacts, int High, int LongestMinutes);
