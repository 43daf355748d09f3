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
        .WithSummary("Replaces what is known about a place: its owner or a health officer may.")
        .Allow(Roles.VenueOperator, Roles.HealthOfficer);

    private static async Task<Results<Ok<OwnPlace>, Refusal>> HandleAsync(
        Guid id, PlaceRequest request, Caller caller, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (await db.Places.OpenTo(caller).SingleOrDefaultAsync(place => place.Id == id, cancellationToken) is not { } place)
            return Refusal.NotFound("place_unknown");

        (place.Name, place.Type, place.Address, place.Capacity, place.Ventilation) = (request.Name, request.Type, request.Address, request.Capacity, request.Ventilation);
        place.At(request.Position.Latitude, request.Position.Longitude);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(OwnPlace.Of(place));
    }

    /// <summary>The caller's own places; every place for a health officer.</summary>
    public static IQueryable<Place> OpenTo(this IQueryable<Place> places, Caller caller) =>
        caller.Is(Roles.HealthOfficer) ? places : places.Where(place => place.OwnerId == caller.AccountId);
}
