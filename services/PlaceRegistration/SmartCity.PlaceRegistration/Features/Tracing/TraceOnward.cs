using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>
/// Contacts of contacts: whom the contacts of a case met while they might have passed it on. Computed when asked for and kept nowhere: nobody's code follows from it.
/// </summary>
internal static class TraceOnward
{
    /// <summary>The heaviest contacts only, should there be more: the answer says how many.</summary>
    private const int MostContacts = 2000;

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/traces/{caseId:guid}/onward", CountAsync)
            .WithName("TraceOnward")
            .WithTags("Tracing")
            .WithSummary("How many persons the contacts of a case met while they might have passed it on, by place. No person.")
            .WithExample(answer: new OnwardView(Examples.CaseId, 31, 540, [new OnwardPlace(Examples.PlaceId, 88)]))
            .Allow(Roles.HealthOfficer, Roles.Approver);
        features.MapGet("/traces/{caseId:guid}/onward/contacts", ListAsync)
            .WithName("ListSecondaryContacts")
            .WithTags("Tracing")
            .WithSummary("The contacts of contacts of a released trace, by pseudonym. Every person shown is recorded, and can see who looked.")
            .WithExample(answer: new Page<SecondaryContact>([new SecondaryContact(Examples.CitizenId, 45, 2)]))
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<OnwardView>, Refusal>> CountAsync(
        Guid caseId, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await db.Cases.AsNoTracking().SingleOrDefaultAsync(traced => traced.CaseId == caseId, cancellationToken) is not { } traced) return Refusal.NotFound("case_unknown");
        if (traced is not { WithdrawnAt: null, Policy: not null }) return Refusal.Conflict("case_withdrawn");

        var now = clock.GetUtcNow();
        db.AddLooks(caller, caseId, [null], now);
        await db.SaveChangesAsync(cancellationToken);
        var (contacts, met) = await MetAsync(db, database, tracing, traced, policies.Of(traced.Policy), now, cancellationToken);
        return TypedResults.Ok(new OnwardView(
            caseId, contacts, met.Select(finding => finding.CitizenId).Distinct().Count(),
            [
                .. met.GroupBy(finding => finding.Place.PlaceId).Select(place => new OnwardPlace(place.Key, place.Select(finding => finding.CitizenId).Distinct().Count()))
                    .OrderByDescending(place => place.People).ThenBy(place => place.PlaceId).Take(100),
            ]));
    }

    private static async Task<Results<Ok<Page<SecondaryContact>>, Refusal>> ListAsync(
        Guid caseId, [AsParameters] PageQuery page, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (await db.Cases.AsNoTracking().SingleOrDefaultAsync(traced => traced.CaseId == caseId, cancellationToken) is not { } traced) return Refusal.NotFound("case_unknown");
        if (traced is not { WithdrawnAt: null, Policy: not null }) return Refusal.Conflict("case_withdrawn");
        if (traced.Release != CaseRelease.Released) return Refusal.Conflict("trace_not_released");

        var now = clock.GetUtcNow();
        var (_, met) = await MetAsync(db, database, tracing, traced, policies.Of(traced.Policy), now, cancellationToken);
        SecondaryContact[] rows =
        [
            .. met.GroupBy(finding => finding.CitizenId)
                .Where(person => after is null || person.Key.CompareTo(after.Value) > 0)
                .OrderBy(person => person.Key).Take(page.Take + 1)
                .Select(person => new SecondaryContact(person.Key, person.Sum(finding => finding.Minutes), person.Select(finding => finding.SourceId).Distinct().Count())),
        ];
        db.AddLooks(caller, caseId, rows.Take(page.Take).Select(person => (Guid?)person.CitizenId), now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(Page<SecondaryContact>.From(rows, page.Take, person => person.CitizenId.ToString()));
    }

    /// <summary>Whom the contacts met after their exposure; neither the case nor its own contacts, who are known already.</summary>
    private static async Task<(int Contacts, IReadOnlyList<Finding> Met)> MetAsync(
        PlaceRegistrationDb db, NpgsqlDataSource database, CaseTracing tracing, TracedCase traced, TracePolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var exposures = await db.Exposures.AsNoTracking().Where(exposure => exposure.CaseId == traced.CaseId && !exposure.Withdrawn)
            .Select(exposure => new { exposure.CitizenId, exposure.FromAt, exposure.Severity, exposure.WeightedMinutes }).ToListAsync(cancellationToken);
        Source[] sources =
        [
            .. exposures.GroupBy(exposure => exposure.CitizenId)
                .Where(contact => contact.Max(exposure => exposure.Severity) >= policy.Onward.From)
                .OrderByDescending(contact => contact.Sum(exposure => exposure.WeightedMinutes)).ThenBy(contact => contact.Key).Take(MostContacts)
                .Select(contact => OnwardFrom(contact.Key, contact.Min(exposure => exposure.FromAt), policy.Onward, now))
                .Where(source => source.From < source.Until),
        ];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (_, _, findings) = await tracing.FindAsync(connection, transaction: null, sources, policy, cancellationToken);
        var known = exposures.Select(exposure => exposure.CitizenId).Append(traced.CitizenId).ToHashSet();
        return (sources.Length, [.. findings.Where(finding => !known.Contains(finding.CitizenId))]);
    }

    private static Source OnwardFrom(Guid citizenId, DateTimeOffset exposedAt, OnwardRule onward, DateTimeOffset now)
    {
        var from = exposedAt.AddDays(onward.AfterDays);
        var until = from.AddDays(onward.ForDays);
        return new Source(citizenId, citizenId, from, until < now ? until : now);
    }
}

/// <summary>Whom the contacts of a case met.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Contacts">Contacts who were looked at: those from the policy's severity on whose time has come, at most 2000.</param>
/// <param name="SecondaryContacts">Persons whom they met and who are not contacts themselves.</param>
/// <param name="Places">Where, most first, at most 100.</param>
public sealed record OnwardView(Guid CaseId, int Contacts, int SecondaryContacts, IReadOnlyList<OnwardPlace> Places);

/// <summary>A place where contacts met others.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="People">So many others.</param>
public sealed record OnwardPlace(Guid PlaceId, int People);

/// <summary>A contact of contacts.</summary>
/// <param name="CitizenId">By pseudonym.</param>
/// <param name="Minutes">Time in the same air as contacts, all added.</param>
/// <param name="Contacts">As so many contacts.</param>
public sealed record SecondaryContact(Guid CitizenId, int Minutes, int Contacts);
