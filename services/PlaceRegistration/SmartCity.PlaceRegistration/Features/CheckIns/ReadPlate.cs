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

/// <summary>A checkpoint recognises a licence plate; who was in the car is attached when it is known, as visits of the checkpoint at that moment.</summary>
internal static class ReadPlate
{
    /// <summary>A car passes; it does not stay.</summary>
    private static readonly TimeSpan Passing = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/places/{id:guid}/plate-reads", ReadAsync).WithName("ReadPlate").WithTags("Visits")
            .WithSummary("Records a licence plate that passed the caller's checkpoint. It is kept sealed, as long as visits.")
            .WithExample(new PlateRequest("沪A·12345"), new PlateAnswer(Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b0c1"), new DateTimeOffset(2026, 3, 4, 4, 0, 0, TimeSpan.Zero)))
            .Allow(Roles.VenueOperator);
        features.MapPost("/plate-reads/{readId:guid}/passengers", AttachAsync).WithName("AttachPassengers").WithTags("Visits")
            .WithSummary("Says who was in the car whose plate was read: up to 60 people, each answered; saying it again changes nothing.")
            .WithExample(new PassengerList([new VisitorLine(CitizenNumber: "11010519491231002X")]), new VisitorListAnswer([new VisitorAnswer(0, StayOutcome.Recorded, "recorded_late")]))
            .Allow(Roles.VenueOperator);
    }

    private static async Task<Results<Ok<PlateAnswer>, Refusal>> ReadAsync(
        Guid id, PlateRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, PersonalData personalData, IOptions<VisitLimits> limits, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (Stay.From(request.At, until: null, now, limits.Value, out var fault, out var field) is not { } stay) return Refusal.Invalid(fault, field);
        if (!await db.Places.AnyAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken)) return Refusal.NotFound("place_unknown");

        // As the camera sees it, without the dot that only people write.
        var plate = string.Concat(request.Plate.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        var readId = DerivedId.OfWrite(caller.AccountId, key.Value);
        if (await db.PlateReads.AsNoTracking().SingleOrDefaultAsync(read => read.Id == readId, cancellationToken) is { } before) return TypedResults.Ok(new PlateAnswer(before.Id, before.ReadAt));
        db.Add(new PlateRead { Id = readId, PlaceId = id, SealedPlate = personalData.Seal(plate, readId), PlateLookup = personalData.Lookup($"plate:{plate}"), ReadAt = stay.ArrivedAt });
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new PlateAnswer(readId, stay.ArrivedAt));
    }

    private static async Task<Results<Ok<VisitorListAnswer>, Refusal>> AttachAsync(
        Guid readId, PassengerList request, Caller caller, PlaceRegistrationDb db, People people, VisitLog visits, IOptions<VisitLimits> limits, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var read = await db.PlateReads.AsNoTracking().SingleOrDefaultAsync(read => read.Id == readId, cancellationToken);
        var place = read is null ? null
            : await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == read.PlaceId && place.OwnerId == caller.AccountId, cancellationToken);
        if (place is null) return Refusal.NotFound("plate_read_unknown");
        if (place.FaultOfArrival(now, limits.Value.LocalTime, isLate: true) is { } fault) return Refusal.Conflict(fault);

        var (found, refusal) = await people.FindAsync(
            [.. request.Passengers.Select(line => new ScannedPerson { ShownAt = read!.ReadAt.ToTimestamp() }.Of(line))], cancellationToken);
        if (found is null) return refusal!;
        Guid[] citizens = [.. found.Where(person => person.CitizenId.Length > 0).Select(person => Guid.Parse(person.CitizenId)).Distinct()];
        // One visit for each person and read, however often it is said.
        await visits.RecordAsync([.. citizens.Select(citizenId => new NewVisit(DerivedId.OfWrite(readId, citizenId), place.Cell, new Visit
        {
            Id = VisitId.New(read!.ReadAt).Value, CitizenId = citizenId, PlaceId = place.Id, ArrivedAt = read.ReadAt, Until = read.ReadAt + Passing, IsOpen = false, IsLate = true,
            Source = VisitSource.PlateRead,
        }))], cancellationToken);
        return TypedResults.Ok(new VisitorListAnswer([.. found.Select((person, index) => person.CitizenId.Length > 0
            ? new VisitorAnswer(index, StayOutcome.Recorded, Admission.Late.Reason)
            : new VisitorAnswer(index, StayOutcome.Rejected, person.Fault))]));
    }

    private static ScannedPerson Of(this ScannedPerson person, VisitorLine line)
    {
        if (line.Credential is not null) person.Credential = line.Credential;
        else if (line.CitizenNumber is not null) person.CitizenNumber = line.CitizenNumber;
        return person;
    }
}

/// <summary>A licence plate.</summary>
/// <param name="Plate">As recognised; blanks and dots do not matter.</param>
/// <param name="At">When, within the last 14 days; absent for now.</param>
public sealed record PlateRequest([property: Required, StringLength(20, MinimumLength = 5)] string Plate, DateTimeOffset? At = null);

/// <summary>A plate that was recorded.</summary>
/// <param name="PlateReadId">For attaching the passengers.</param>
/// <param name="ReadAt">When it passed, UTC.</param>
public sealed record PlateAnswer(Guid PlateReadId, DateTimeOffset ReadAt);

/// <summary>Who was in a car.</summary>
/// <param name="Passengers">By code or ID number; their times do not count, the plate's does.</param>
public sealed record PassengerList([property: Required, Length(1, 60)] IReadOnlyList<VisitorLine> Passengers);
