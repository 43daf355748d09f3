using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A department offers a time at which people can be served.</summary>
internal static class OfferSlot
{
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(366);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/slots", HandleAsync)
        .WithName("OfferSlot")
        .WithTags("Booking")
        .WithSummary("Offers a slot of a bookable service of the caller's department.")
        .Allow(Roles.DepartmentOfficer);

    private static async Task<Results<Created<SlotView>, Refusal>> HandleAsync(
        OfferSlotRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var hash = personalData.Of(request);
        var earlier = await db.Slots.AsNoTracking()
            .SingleOrDefaultAsync(slot => slot.OfficerId == caller.Actor && slot.OfferKey == key.Value, cancellationToken);
        if (earlier is not null)
        {
            return earlier.RequestHash.SequenceEqual(hash)
                ? Created(earlier, directory)
                : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        var now = clock.GetUtcNow();
        if (!directory.BookableServices.ContainsKey(request.Service)) return Refusal.Invalid("service_unknown", "service");
        if (request.StartsAt <= now || request.StartsAt > now + FurthestAhead) return Refusal.Invalid("slot_start_invalid", "startsAt");
        if (request.EndsAt <= request.StartsAt || request.EndsAt > request.StartsAt + Longest) return Refusal.Invalid("slot_end_invalid", "endsAt");

        var slot = new Slot
        {
            Id = Guid.CreateVersion7(now), Department = department, Service = request.Service, Place = request.Place, Position = request.Position,
            StartsAt = request.StartsAt.ToUniversalTime(), EndsAt = request.EndsAt.ToUniversalTime(), Capacity = request.Capacity,
            OfficerId = caller.Actor, OfferKey = key.Value, RequestHash = hash,
        };
        db.Add(slot);
        await db.SaveChangesAsync(cancellationToken);
        return Created(slot, directory);
    }

    private static Created<SlotView> Created(Slot slot, CityDirectory directory) => TypedResults.Created((string?)null, SlotView.Of(slot, directory));
}

/// <summary>A slot to offer.</summary>
/// <param name="Service">For example <c>nucleic-acid-test</c>, <c>vaccination</c> or <c>counter</c>.</param>
/// <param name="Place">Where people are to come, as they read it.</param>
/// <param name="StartsAt">From when; in the future, at most a year ahead.</param>
/// <param name="EndsAt">Until when, not included; at most a day later.</param>
/// <param name="Capacity">How many people.</param>
/// <param name="Position">Where the place is.</param>
public sealed record OfferSlotRequest(
    [property: Required, StringLength(50)] string Service, [property: Required, StringLength(200)] string Place,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, [property: Range(1, 100_000)] int Capacity, Position? Position = null);
