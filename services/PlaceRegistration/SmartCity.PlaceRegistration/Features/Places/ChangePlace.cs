using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>What was registered is corrected; the code and earlier visits stay.</summary>
internal static class ChangePlace
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPut("/places/{id:guid}", HandleAsync)
        .WithName("ChangePlace")
        .WithTags("Places")
        .WithSummary("Replaces what is known about a place: its owner or a health officer may. A change of type or of the credit code by the owner needs approval again.")
        .WithExample(
            new PlaceRequest("Riverside Market", PlaceType.Shop, "18 Riverside Road", new GeoPosition(31.234, 121.478), 600, "91310115MA1K3BTP2B"), OwnPlace.Example with { Capacity = 600 })
        .Allow(Roles.VenueOperator, Roles.HealthOfficer);

    private static async Task<Results<Ok<OwnPlace>, Refusal>> HandleAsync(
        Guid id, PlaceRequest request, Caller caller, PlaceRegistrationDb db, PlaceBook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        // What a place is part of stays; a part may leave out the code of its whole.
        if (request.Fault(out var field) is { } fault && fault != "uscc_missing") return Refusal.Invalid(fault, field);
        if (await db.Places.OpenTo(caller).SingleOrDefaultAsync(place => place.Id == id, cancellationToken) is not { } place)
            return Refusal.NotFound("place_unknown");

        var uscc = request.CanonicalUscc ?? place.Uscc;
        if (uscc is null && request.Type != PlaceType.Household) return Refusal.Invalid("uscc_missing", "uscc");
        // Rules go by the type: whoever calls a restaurant a hospital must ask.
        var asksAgain = !caller.Is(Roles.HealthOfficer) && (request.Type != place.Type || uscc != place.Uscc || place.State == PlaceState.Rejected);
        if (asksAgain) place.Decide(PlaceState.Pending, null, caller.AccountId, clock.GetUtcNow());
        (place.Uscc, place.OpensAt, place.ClosesAt, place.RotatesCode) = (uscc, request.OpensAt, request.ClosesAt, request.RotatesCode);
        (place.Name, place.Type, place.Address, place.Capacity, place.Ventilation) = (request.Name, request.Type, request.Address, request.Capacity, request.Ventilation);
        place.At(request.Position.Latitude, request.Position.Longitude);
        await db.SaveChangesAsync(cancellationToken);
        book.Forget(place);
        return TypedResults.Ok(OwnPlace.Of(place));
    }

    /// <summary>The caller's own places; every place for a health officer.</summary>
    public static IQueryable<Place> OpenTo(this IQueryable<Place> places, Caller caller) =>
        caller.Is(Roles.HealthOfficer) ? places : places.Where(place => place.OwnerId == caller.AccountId);
}
