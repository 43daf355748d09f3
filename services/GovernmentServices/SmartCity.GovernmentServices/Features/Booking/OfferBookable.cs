using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A department offers a time at which people can be served, or goods that they can pick up.</summary>
internal static class OfferBookable
{
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(366);

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/bookables", HandleAsync)
        .WithName("OfferBookable")
        .WithTags("Booking")
        .WithSummary("Offers a slot or a stock of a bookable service of the caller's department.")
        .WithExample(Examples.Offer, Examples.Bookable)
        .Allow(Roles.DepartmentOfficer);

    private static async Task<Results<Created<BookableView>, Refusal>> HandleAsync(
        OfferBookableRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData,
        EligibilityTables tables, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var hash = personalData.Of(request);
        var earlier = await db.Bookables.AsNoTracking()
            .SingleOrDefaultAsync(bookable => bookable.OfficerId == caller.Actor && bookable.OfferKey == key.Value, cancellationToken);
        if (earlier is not null)
        {
            return earlier.RequestHash.SequenceEqual(hash)
                ? Created(earlier, directory)
                : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        var now = clock.GetUtcNow();
        var (id, opensAt) = (Guid.CreateVersion7(now), request.OpensAt ?? now);
        if (!directory.BookableServices.ContainsKey(request.Service)) return Refusal.Invalid("service_unknown", "service");
        if (request.StartsAt <= now || request.StartsAt > now + FurthestAhead) return Refusal.Invalid("start_invalid", "startsAt");
        var longest = request.Kind == BookableKind.Slot ? TimeSpan.FromDays(1) : TimeSpan.FromDays(31);
        if (request.EndsAt <= request.StartsAt || request.EndsAt > request.StartsAt + longest) return Refusal.Invalid("end_invalid", "endsAt");
        if (opensAt >= request.StartsAt) return Refusal.Invalid("opening_invalid", "opensAt");
        if (request.Kind == BookableKind.Slot && request.PerPerson != 1) return Refusal.Invalid("per_person_invalid", "perPerson");
        if ((request.Mode == BookingMode.Lottery) != request.DrawAt.HasValue || request.DrawAt <= opensAt || request.DrawAt >= request.StartsAt || request.DrawAt <= now)
            return Refusal.Invalid("draw_invalid", "drawAt");
        if ((request.Mode == BookingMode.WaitingRoom) != request.AdmitPerSecond.HasValue) return Refusal.Invalid("admission_invalid", "admitPerSecond");
        var kept = request.Quotas ?? new QuotasRequest();
        Dictionary<BookingChannel, int> quotas =
            new() { [BookingChannel.Counter] = kept.Counter, [BookingChannel.Phone] = kept.Phone, [BookingChannel.GridWorker] = kept.GridWorker };
        // In a draw everybody has the same chance, whoever entered them.
        if (quotas.Values.Sum() > request.Capacity || (request.Mode == BookingMode.Lottery && quotas.Values.Sum() > 0)) return Refusal.Invalid("quotas_invalid", "quotas");
        if (request.Eligibility is { } table && !tables.Has(table)) return Refusal.Invalid("eligibility_unknown", "eligibility");

        var seed = request.Mode == BookingMode.FirstCome ? null : RandomNumberGenerator.GetBytes(32);
        var bookable = new Bookable
        {
            Id = id, Kind = request.Kind, Mode = request.Mode, Department = department, Service = request.Service, Place = request.Place,
            Position = request.Position, Cell = request.Position?.Cell, StartsAt = request.StartsAt.ToUniversalTime(), EndsAt = request.EndsAt.ToUniversalTime(),
            OpensAt = opensAt.ToUniversalTime(), DrawAt = request.DrawAt?.ToUniversalTime(), Capacity = request.Capacity, PerPerson = request.PerPerson,
            Quotas = quotas, HoldFor = request.HoldMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null, AdmitPerSecond = request.AdmitPerSecond ?? 0,
            Eligibility = request.Eligibility, SealedSeed = seed is null ? null : personalData.Seal(Convert.ToHexStringLower(seed), id),
            SeedHash = seed is null ? null : SHA256.HashData(seed),
            DueAt = request.Mode switch { BookingMode.Lottery => request.DrawAt?.ToUniversalTime(), BookingMode.WaitingRoom => opensAt.ToUniversalTime(), _ => null },
            OfficerId = caller.Actor, OfferKey = key.Value, RequestHash = hash,
        };
        db.Add(bookable);
        await db.SaveChangesAsync(cancellationToken);
        return Created(bookable, directory);
    }

    private static Created<BookableView> Created(Bookable bookable, CityDirectory directory) =>
        TypedResults.Created((string?)null, BookableView.Of(bookable, directory));
}

/// <summary>What to offer.</summary>
/// <param name="Service">For example <c>nucleic-acid-test</c>, <c>vaccination</c>, <c>counter</c> or <c>masks</c>.</param>
/// <param name="Place">Where people are to come, as they read it.</param>
/// <param name="StartsAt">From when; in the future, at most a year ahead.</param>
/// <param name="EndsAt">Until when, not included; of a slot at most a day later, of a stock at most 31 days.</param>
/// <param name="Capacity">How many people, or how many units.</param>
/// <param name="Position">Where the place is.</param>
/// <param name="Kind">A slot where it is not said.</param>
/// <param name="Mode">First come, first served where it is not said.</param>
/// <param name="PerPerson">How many units one person may take; of a slot one.</param>
/// <param name="OpensAt">From when it can be booked, or entered; now where it is not said.</param>
/// <param name="DrawAt">Of a lottery: when it is drawn.</param>
/// <param name="AdmitPerSecond">Of a waiting room: how many people are let in a second.</param>
/// <param name="HoldMinutes">How long a place is kept until it is confirmed; absent where nobody must confirm.</param>
/// <param name="Quotas">What is kept for people who come by other ways than online.</param>
/// <param name="Eligibility">The decision table that says who may book; absent for everybody.</param>
public sealed record OfferBookableRequest(
    [property: Required, StringLength(50)] string Service, [property: Required, StringLength(200)] string Place,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, [property: Range(1, 1_000_000)] int Capacity, Position? Position = null,
    BookableKind Kind = BookableKind.Slot, BookingMode Mode = BookingMode.FirstCome, [property: Range(1, 100)] int PerPerson = 1,
    DateTimeOffset? OpensAt = null, DateTimeOffset? DrawAt = null, [property: Range(1, 100_000)] int? AdmitPerSecond = null,
    [property: Range(1, 1440)] int? HoldMinutes = null, QuotasRequest? Quotas = null, [property: StringLength(50)] string? Eligibility = null);

/// <summary>Units kept for those who come by other ways than online; who comes by one of them may take also what is for all.</summary>
/// <param name="Counter">At a counter.</param>
/// <param name="Phone">Through the hotline.</param>
/// <param name="GridWorker">At the door.</param>
public sealed record QuotasRequest(
    [property: Range(0, 1_000_000)] int Counter = 0, [property: Range(0, 1_000_000)] int Phone = 0, [property: Range(0, 1_000_000)] int GridWorker = 0);
