using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Google.Protobuf.WellKnownTypes;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>
/// Staff enter several people at once: a group that arrives together, somebody without anything to scan, or a paper list afterwards. Everybody is answered for
/// themselves. Of what comes from paper some is sampled, for somebody to ask whether it is true.
/// </summary>
internal static class EnterVisitors
{
    /// <summary>One of so many paper entries is sampled, by its key: nobody can choose which.</summary>
    private const int SampleOneOf = 20;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places/{id:guid}/visitor-lists", HandleAsync)
        .WithName("EnterVisitors")
        .WithTags("Visits")
        .WithSummary("Checks in up to 200 people at the caller's place: a group, people entered by hand, or a paper list typed in afterwards; each is answered.")
        .WithExample(
            new VisitorList(ListKind.Group, [new VisitorLine("SC1:6BFOXN…"), new VisitorLine(CitizenNumber: "11010519491231002X")]),
            new VisitorListAnswer([new VisitorAnswer(0, StayOutcome.Recorded, "admitted"), new VisitorAnswer(1, StayOutcome.Rejected, "citizen_unknown")]))
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Ok<VisitorListAnswer>, Refusal>> HandleAsync(
        Guid id, VisitorList request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, People people, Arrivals arrivals, IOptions<VisitLimits> limits,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var place = await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken);
        if (place is null) return Refusal.NotFound("place_unknown");
        var (found, refusal) = await people.FindAsync([.. request.Visitors.Select(ToPerson)], cancellationToken);
        if (found is null) return refusal!;

        var write = DerivedId.OfWrite(caller.AccountId, key.Value);
        var source = request.Kind switch { ListKind.Group => VisitSource.Group, ListKind.PaperList => VisitSource.PaperList, _ => VisitSource.Manual };
        var answers = await Task.WhenAll(request.Visitors.Select(async (line, index) =>
        {
            if (found[index].CitizenId.Length == 0) return (new VisitorAnswer(index, StayOutcome.Rejected, found[index].Fault), (Visit?)null);
            if (Stay.From(line.At, line.Until, now, limits.Value, out var fault, out _) is not { } stay) return (new VisitorAnswer(index, StayOutcome.Rejected, fault), null);
            var arrival = new Arrival(DerivedId.OfPart(write, index), place, stay, source);
            var (receptions, refused) = await arrivals.ReceiveCitizenAsync(Guid.Parse(found[index].CitizenId), arrival, now, cancellationToken);
            if (receptions is null || receptions[0].Refusal is not null)
                return (new VisitorAnswer(index, StayOutcome.Rejected, (refused ?? receptions![0].Refusal)!.Code), null);
            var reception = receptions[0];
            return (new VisitorAnswer(index, reception.Visit is null ? StayOutcome.Refused : StayOutcome.Recorded, reception.Admission.Reason), reception.Visit);
        }));

        if (request.Kind == ListKind.PaperList) await SampleAsync(db, [.. answers.Select(answer => answer.Item2).OfType<Visit>()], caller, now);
        return TypedResults.Ok(new VisitorListAnswer([.. answers.Select(answer => answer.Item1)]));
    }

    private static ScannedPerson ToPerson(VisitorLine line)
    {
        var person = line.Credential is { } credential ? new ScannedPerson { Credential = credential }
            : line.CitizenNumber is { } number ? new ScannedPerson { CitizenNumber = number }
            : new ScannedPerson();
        person.ShownAt = line.At?.ToTimestamp();
        return person;
    }

    private static async Task SampleAsync(PlaceRegistrationDb db, Visit[] visits, Caller caller, DateTimeOffset now)
    {
        Visit[] sampled = [.. visits.Where(visit => visit.Id.ToByteArray()[15] % SampleOneOf == 0)];
        Guid[] ids = [.. sampled.Select(visit => visit.Id)];
        var before = await db.TruthSamples.Where(sample => ids.Contains(sample.VisitId)).Select(sample => sample.VisitId).ToListAsync(CancellationToken.None);
        db.AddRange(sampled.ExceptBy(before, visit => visit.Id).Select(visit => new TruthSample
        {
            VisitId = visit.Id, PlaceId = visit.PlaceId, EnteredBy = caller.Actor, ArrivedAt = visit.ArrivedAt, SampledAt = now,
        }));
        await db.SaveChangesAsync(CancellationToken.None);
    }
}

/// <summary>People at a place.</summary>
/// <param name="Kind">How they are entered: it is marked on every visit.</param>
/// <param name="Visitors">Who.</param>
public sealed record VisitorList(ListKind Kind, [property: Required, Length(1, 200)] IReadOnlyList<VisitorLine> Visitors);

/// <summary>One person, by exactly one of code and number.</summary>
/// <param name="Credential">The text of the QR code that the person shows or showed.</param>
/// <param name="CitizenNumber">The number of their ID card. It is not kept here.</param>
/// <param name="At">When the visit began, within the last 14 days; absent for now.</param>
/// <param name="Until">When it ended, not included; absent while it lasts.</param>
public sealed record VisitorLine(
    [property: StringLength(4000)] string? Credential = null, [property: StringLength(18)] string? CitizenNumber = null, DateTimeOffset? At = null, DateTimeOffset? Until = null);

/// <summary>How people are entered.</summary>
public enum ListKind
{
    /// <summary>A tour or a family that arrives together.</summary>
    Group,

    /// <summary>Staff type it in while the person stands there.</summary>
    Manual,

    /// <summary>Typed in from paper.</summary>
    PaperList,
}

/// <summary>The answers, in the order of the list.</summary>
/// <param name="Visitors">One for each.</param>
public sealed record VisitorListAnswer(IReadOnlyList<VisitorAnswer> Visitors);

/// <summary>The answer to one line.</summary>
/// <param name="Line">Its number, from 0.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why, as a stable code.</param>
public sealed record VisitorAnswer(int Line, StayOutcome Outcome, string Reason);
