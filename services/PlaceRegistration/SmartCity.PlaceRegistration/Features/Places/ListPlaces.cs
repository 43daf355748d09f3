using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>Which places there are. Homes, and what nobody has approved, are in nobody's list but their owner's.</summary>
internal static class ListPlaces
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/places", ListAsync)
            .WithName("ListPlaces").WithTags("Places").WithSummary("The city's places, oldest first; of one grid cell if one is named.")
            .WithExample(answer: new Page<PublicPlace>([PublicPlace.Example])).AllowEveryone();
        features.MapGet("/places/{id:guid}", ShowAsync)
            .WithName("ShowPlace").WithTags("Places").WithSummary("One place.").WithExample(answer: PublicPlace.Example).AllowEveryone();
        features.MapGet("/places/mine", ListOwnAsync)
            .WithName("ListMyPlaces").WithTags("Places").WithSummary("The caller's own places, oldest first.")
            .WithExample(answer: new Page<OwnPlace>([OwnPlace.Example])).Allow(Roles.VenueOperator);
    }

    private static async Task<Results<Ok<Page<PublicPlace>>, Refusal>> ListAsync(
        string? cell, [AsParameters] PageQuery page, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (cell is not null && !GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");

        var rows = await Public(db.Places).Where(place => cell == null || place.Cell == cell).PageAsync(after, page, PublicPlace.Of, cancellationToken);
        return TypedResults.Ok(Page<PublicPlace>.From(rows, page.Take, place => place.PlaceId.ToString()));
    }

    private static async Task<Results<Ok<PublicPlace>, Refusal>> ShowAsync(Guid id, PlaceRegistrationDb db, CancellationToken cancellationToken) =>
        await Public(db.Places).AsNoTracking().SingleOrDefaultAsync(place => place.Id == id, cancellationToken) is { } place
            ? TypedResults.Ok(PublicPlace.Of(place))
            : Refusal.NotFound("place_unknown");

    private static async Task<Results<Ok<Page<OwnPlace>>, Refusal>> ListOwnAsync(
        [AsParameters] PageQuery page, Caller caller, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await db.Places.Where(place => place.OwnerId == caller.AccountId).PageAsync(after, page, OwnPlace.Of, cancellationToken);
        return TypedResults.Ok(Page<OwnPlace>.From(rows, page.Take, place => place.PlaceId.ToString()));
    }

    private static IQueryable<Place> Public(IQueryable<Place> places) => places.Where(place => place.Type != PlaceType.Household && place.State == PlaceState.Approved);

    private static async Task<T[]> PageAsync<T>(this IQueryable<Place> places, Guid? after, PageQuery page, Func<Place, T> view, CancellationToken cancellationToken)
    {
        var rows = await places.AsNoTracking()
            .Where(place => after == null || place.Id.CompareTo(after.Value) > 0)
            .OrderBy(place => place.Id)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(view)];
    }
}

/// <summary>A place as everybody sees it.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="Name">As on the door.</param>
/// <param name="Type">What kind of place it is.</param>
/// <param name="Address">Street and number.</param>
/// <param name="Cell">Grid cell that it lies in.</param>
/// <param name="PartOf">What it is part of.</param>
/// <param name="IsClosed">Closed until further notice.</param>
public sealed record PublicPlace(Guid PlaceId, string Name, PlaceType Type, string Address, string Cell, Guid? PartOf = null, bool IsClosed = false)
{
    internal static PublicPlace Example { get; } = new(Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), "Riverside Market", PlaceType.Shop, "18 Riverside Road", "3123N12147E");

    internal static PublicPlace Of(Place place) => new(place.Id, place.Name, place.Type, place.Address, place.Cell, place.ParentId, place.ClosedAt is not null);
}
