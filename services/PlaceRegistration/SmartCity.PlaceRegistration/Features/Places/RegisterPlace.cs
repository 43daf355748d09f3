using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>An owner registers a place and gets its code.</summary>
internal static class RegisterPlace
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places", HandleAsync)
        .WithName("RegisterPlace")
        .WithTags("Places")
        .WithSummary("Registers a place of the caller, who becomes its owner.")
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Created<OwnPlace>, Ok<OwnPlace>, Refusal>> HandleAsync(
        PlaceRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = await db.Places.AsNoTracking().SingleOrDefaultAsync(
            place => place.OwnerId == caller.AccountId && place.RegistrationKey == key.Value, cancellationToken);
        if (before is not null) return TypedResults.Ok(OwnPlace.Of(before));

        var now = clock.GetUtcNow();
        var place = new Place
        {
            Id = Guid.CreateVersion7(now),
            OwnerId = caller.AccountId,
            RegistrationKey = key.Value,
            Code = PlaceCode.New().Value,
            RegisteredAt = now,
            Name = request.Name,
            Type = request.Type,
            Address = request.Address,
            Capacity = request.Capacity,
            Ventilation = request.Ventilation,
        }.At(request.Position.Latitude, request.Position.Longitude);
        db.Add(place);
        // Of two first tries at once one is told conflict_retry, and then finds the other's place.
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/place-registration/v1/places/{place.Id}", OwnPlace.Of(place));
    }
}

/// <summary>What an owner says about a place.</summary>
/// <param name="Name">As on the door.</param>
/// <param name="Type">Admission rules and time-outs go by it. A household is never shown in public lists.</param>
/// <param name="Address">Street and number.</param>
/// <param name="Position">Where it is; public lists show only the grid cell.</param>
/// <param name="Capacity">How many persons it holds.</param>
/// <param name="Ventilation">How its air is changed; tracing weighs by it.</param>
public sealed record PlaceRequest(
    [property: StringLength(100, MinimumLength = 1), RegularExpression(PlaceRequest.Line)] string Name,
    PlaceType Type,
    [property: StringLength(200, MinimumLength = 1), RegularExpression(PlaceRequest.Line)] string Address,
    GeoPosition Position,
    [property: Range(1, 200_000)] int Capacity,
    Ventilation Ventilation = Ventilation.Unknown)
{
    /// <summary>One line that says something: no control characters, not only spaces.</summary>
    internal const string Line = @"[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*";
}

/// <summary>A position, WGS 84 in degrees.</summary>
/// <param name="Latitude">North is positive.</param>
/// <param name="Longitude">East is positive.</param>
public sealed record GeoPosition([property: Range(-90.0, 90.0)] double Latitude, [property: Range(-180.0, 180.0)] double Longitude);

/// <summary>A place as its owner sees it.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="Name">As on the door.</param>
/// <param name="Type">What kind of place it is.</param>
/// <param name="Address">Street and number.</param>
/// <param name="Position">Where it is.</param>
/// <param name="Cell">Grid cell of the position.</param>
/// <param name="Capacity">How many persons it holds.</param>
/// <param name="Code">The text of its code; <c>GET /places/{id}/code.svg</c> draws it.</param>
/// <param name="RegisteredAt">When, UTC.</param>
public sealed record OwnPlace(
    Guid PlaceId, string Name, PlaceType Type, string Address, GeoPosition Position, string Cell, int Capacity, string Code, DateTimeOffset RegisteredAt)
{
    internal static OwnPlace Of(Place place) => new(
        place.Id, place.Name, place.Type, place.Address, new GeoPosition(place.Latitude, place.Longitude), place.Cell, place.Capacity, place.Code,
        place.RegisteredAt);
}
