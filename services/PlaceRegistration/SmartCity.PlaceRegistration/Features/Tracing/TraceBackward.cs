using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Where did a case catch it, and who else was there: the places of the days before onset, those first where known cases were met or other cases were too.</summary>
internal static class TraceBackward
{
    private const int MostPlaces = 200;

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}/backward", HandleAsync)
        .WithName("TraceBackward")
        .WithTags("Tracing")
        .WithSummary("Where a case may have caught it, the likeliest places first: which cases it met there, how many other cases were there in their own window, how many people breathed the same air. No person.")
        .WithExample(answer: new BackwardView(Examples.CaseId, Examples.At.AddDays(-14), Examples.At.AddDays(-1),
            [new CaughtAt(Examples.PlaceId, "Night market", PlaceType.Shop, [new Infector(Examples.CaseId, 95, 114, ExposureSeverity.High)], 4, 58)]))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<BackwardView>, Refusal>> HandleAsync(
        Guid caseId, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var traced = await db.Cases.AsNoTracking().SingleOrDefaultAsync(traced => traced.CaseId == caseId, cancellationToken);
        if (traced is null) return Refusal.NotFound("case_unknown");
        if (traced is not { WithdrawnAt: null, Policy: { } version, OnsetAt: { } onset }) return Refusal.Conflict("case_withdrawn");

        db.AddLooks(caller, caseId, [null], clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        var caught = policies.Of(version).Caught;
        var window = new Interval(onset.AddDays(-caught.EarliestDays), onset.AddDays(-caught.LatestDays));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (air, _, findings) = await tracing.FindAsync(connection, transaction: null, [new Source(caseId, traced.CitizenId, window.From, window.Until)], policies.Of(version), cancellationToken);
        var people = findings.GroupBy(finding => finding.Place.PlaceId).ToDictionary(place => place.Key, place => place.Select(finding => finding.CitizenId).Distinct().Count());
        Guid[] placeIds = [.. air.Infectious.Select(one => one.PlaceId).Distinct()];

        // Another case met this one there: its exposures say so.
        var infectors = await db.Exposures
            .Where(exposure => exposure.CitizenId == traced.CitizenId && !exposure.Withdrawn && exposure.FromAt >= window.From && exposure.FromAt < window.Until && exposure.CaseId != caseId)
            .Select(exposure => new { exposure.PlaceId, Infector = new Infector(exposure.CaseId, exposure.Minutes, exposure.WeightedMinutes, exposure.Severity) })
            .ToListAsync(cancellationToken);
        var met = infectors.ToLookup(one => one.PlaceId, one => one.Infector);
        var others = await OthersAsync(connection, caseId, placeIds, caught, cancellationToken);
        var names = await db.Places.Where(place => placeIds.Contains(place.Id) || infectors.Select(one => one.PlaceId).Contains(place.Id))
            .Select(place => new { place.Id, place.Name, place.Type }).ToListAsync(cancellationToken);
        return TypedResults.Ok(new BackwardView(caseId, window.From, window.Until,
        [
            .. names
                .Select(place => new CaughtAt(
                    place.Id, place.Name, place.Type, [.. met[place.Id].OrderByDescending(infector => infector.WeightedMinutes)], others.GetValueOrDefault(place.Id), people.GetValueOrDefault(place.Id)))
                .OrderByDescending(place => place.Infectors.Sum(infector => infector.WeightedMinutes)).ThenByDescending(place => place.OtherCases).ThenByDescending(place => place.People).ThenBy(place => place.PlaceId)
                .Take(MostPlaces),
        ]));
    }

    /// <summary>How many other cases were at these places when they may have caught it themselves: a source that nobody knows yet makes them many.</summary>
    private static async Task<Dictionary<Guid, int>> OthersAsync(NpgsqlConnection connection, Guid caseId, Guid[] placeIds, CaughtRule caught, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT v.place_id, count(DISTINCT c.case_id)::int
            FROM cases c
            JOIN visits v ON v.citizen_id = c.citizen_id AND v.arrived_at >= c.onset_at - $3 AND v.arrived_at < c.onset_at - $4
            WHERE c.case_id <> $1 AND c.withdrawn_at IS NULL AND v.place_id = ANY ($2)
                AND c.onset_at BETWEEN (SELECT onset_at - $3 FROM cases WHERE case_id = $1) AND (SELECT onset_at + $3 FROM cases WHERE case_id = $1)
            GROUP BY v.place_id
            """, connection);
        command.Parameters.Add(Sql.Value(caseId));
        command.Parameters.Add(Sql.Value(placeIds));
        command.Parameters.Add(Sql.Value(TimeSpan.FromDays(caught.EarliestDays)));
        command.Parameters.Add(Sql.Value(TimeSpan.FromDays(caught.LatestDays)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var others = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancellationToken)) others[reader.GetGuid(0)] = reader.GetInt32(1);
        return others;
    }
}

/// <summary>Where a case may have caught it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="From">Start of the window in which it caught it, UTC.</param>
/// <param name="Until">Its end, not included, UTC.</param>
/// <param name="Places">The likeliest first, at most 200.</param>
public sealed record BackwardView(Guid CaseId, DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<CaughtAt> Places);

/// <summary>A place in the window.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Infectors">Known cases that were met there while infectious, the heaviest exposure first.</param>
/// <param name="OtherCases">Other cases who were there when they may have caught it.</param>
/// <param name="People">Persons who were in the same air at the same time.</param>
public sealed record CaughtAt(Guid PlaceId, string Name, PlaceType Type, IReadOnlyList<Infector> Infectors, int OtherCases, int People);

/// <summary>A case that was met.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Minutes">Time in the same air.</param>
/// <param name="WeightedMinutes">What it counts.</param>
/// <param name="Severity">How severe.</param>
public sealed record Infector(Guid CaseId, int Minutes, double WeightedMinutes, ExposureSeverity Severity);
