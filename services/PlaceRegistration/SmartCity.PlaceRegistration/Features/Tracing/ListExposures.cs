using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Who met a case, where and for how long.</summary>
internal static class ListExposures
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}/exposures", HandleAsync)
        .WithName("ListExposures")
        .WithTags("Tracing")
        .WithSummary("The exposures of a released trace, by pseudonym, each with how its severity was reckoned. Every person shown is recorded, and can see who looked.")
        .WithExample(answer: new Page<ExposureView>([new ExposureView(
            Examples.ExposureId, Examples.PlaceId, Examples.CitizenId, 75, Examples.At.AddHours(-26), Examples.At.AddHours(-24).AddMinutes(-45), ExposureSeverity.High,
            new Reckoning("trace-2026-1", PlaceType.Restaurant, Ventilation.Poor, 1.2, 1.5, [new ReckoningPart(ZoneRelation.Same, false, 3600, 1), new ReckoningPart(ZoneRelation.Same, true, 900, 0.5)], 121.5),
            Withdrawn: false)]))
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Ok<Page<ExposureView>>, Refusal>> HandleAsync(
        Guid caseId, [AsParameters] PageQuery page, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!ExposureCursor.TryParse(page.After, out var after)) return PageQuery.InvalidCursor;
        if (await db.Cases.AsNoTracking().SingleOrDefaultAsync(traced => traced.CaseId == caseId, cancellationToken) is not { } traced) return Refusal.NotFound("case_unknown");
        // Places and counts first: nobody is opened before people may be told.
        if (traced.Release != CaseRelease.Released && traced.WithdrawnAt is null) return Refusal.Conflict("trace_not_released");

        var exposures = db.Exposures.AsNoTracking().Where(exposure => exposure.CaseId == caseId);
        if (after is { } last)
        {
            exposures = exposures.Where(exposure => exposure.CitizenId.CompareTo(last.CitizenId) > 0
                || (exposure.CitizenId == last.CitizenId && exposure.PlaceId.CompareTo(last.PlaceId) > 0));
        }

        var rows = await exposures
            .OrderBy(exposure => exposure.CitizenId).ThenBy(exposure => exposure.PlaceId)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);

        // What is shown is on record before it is shown.
        db.AddLooks(caller, caseId, rows.Take(page.Take).Select(exposure => (Guid?)exposure.CitizenId), clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(Page<ExposureView>.From(
            [.. rows.Select(ExposureView.Of)], page.Take, exposure => new ExposureCursor(exposure.CitizenId, exposure.PlaceId).ToString()));
    }

    private readonly record struct ExposureCursor(Guid CitizenId, Guid PlaceId)
    {
        public static bool TryParse(string? text, out ExposureCursor? cursor)
        {
            cursor = text?.Split('_') is [var citizen, var place] && Guid.TryParse(citizen, out var citizenId) && Guid.TryParse(place, out var placeId)
                ? new ExposureCursor(citizenId, placeId)
                : null;
            return text is null || cursor is not null;
        }

        public override string ToString() => $"{CitizenId}_{PlaceId}";
    }
}

/// <summary>An exposure.</summary>
/// <param name="ExposureId">The exposure; health codes name it as their evidence.</param>
/// <param name="PlaceId">Where.</param>
/// <param name="CitizenId">The contact, by pseudonym.</param>
/// <param name="Minutes">Time in the same air in minutes, begun ones counted whole.</param>
/// <param name="From">Start of the first such time, UTC.</param>
/// <param name="Until">End of the last such time, not included, UTC.</param>
/// <param name="Severity">How severe.</param>
/// <param name="Reckoning">How that was reckoned.</param>
/// <param name="Withdrawn">It no longer holds.</param>
public sealed record ExposureView(
    Guid ExposureId, Guid PlaceId, Guid CitizenId, int Minutes, DateTimeOffset From, DateTimeOffset Until, ExposureSeverity Severity, Reckoning? Reckoning, bool Withdrawn)
{
    internal static ExposureView Of(Exposure exposure) => new(
        DerivedId.OfExposure(exposure.CaseId, exposure.CitizenId, exposure.PlaceId), exposure.PlaceId, exposure.CitizenId, exposure.Minutes,
        exposure.FromAt, exposure.Until, exposure.Severity, ExposureLog.ReadReckoning(exposure.Reckoning), exposure.Withdrawn);
}
