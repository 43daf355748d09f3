using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>An owner registers a place and gets its code.</summary>
internal static class RegisterPlace
{
    /// <summary>Campus, building, storey, room, stall.</summary>
    internal const int MostLevels = 4;

    private static readonly PlaceRequest Example = new(
        "Riverside Market", PlaceType.Shop, "18 Riverside Road", new GeoPosition(31.234, 121.478), 800, "91310115MA1K3BTP2B", OpensAt: new TimeOnly(7, 0), ClosesAt: new TimeOnly(21, 30));

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places", HandleAsync)
        .WithName("RegisterPlace")
        .WithTags("Places")
        .WithSummary("Registers a place of the caller, who becomes its owner. It may be used once the department has approved it; a part of an approved place at once.")
        .WithExample(Example, OwnPlace.Example)
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Created<OwnPlace>, Ok<OwnPlace>, Refusal>> HandleAsync(
        PlaceRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = await db.Places.AsNoTracking().SingleOrDefaultAsync(
            place => place.OwnerId == caller.AccountId && place.RegistrationKey == key.Value, cancellationToken);
        if (before is not null) return TypedResults.Ok(OwnPlace.Of(before));

        if (request.Fault(out var field) is { } fault) return Refusal.Invalid(fault, field);
        var parent = request.PartOf is { } partOf
            ? await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == partOf && place.OwnerId == caller.AccountId, cancellationToken)
            : null;
        if (request.PartOf is not null && parent is null) return Refusal.Invalid("parent_unknown", "partOf");
        if (parent?.Ancestors.Length >= MostLevels) return Refusal.Invalid("parent_too_deep", "partOf", MostLevels + 1);

        var place = New(request, caller.AccountId, key.Value, parent, clock.GetUtcNow());
        db.Add(place);
        // Of two first tries at once one is told conflict_retry, and then finds the other's place.
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/place-registration/v1/places/{place.Id}", OwnPlace.Of(place));
    }

    /// <summary>A place as it is registered.</summary>
    public static Place New(PlaceRequest request, Guid ownerId, Guid key, Place? parent, DateTimeOffset now)
    {
        var place = new Place
        {
            Id = Guid.CreateVersion7(now),
            OwnerId = ownerId,
            RegistrationKey = key,
            Code = PlaceCode.New().Value,
            RegisteredAt = now,
            Name = request.Name,
            Type = request.Type,
            Address = request.Address,
            Capacity = request.Capacity,
            Uscc = request.CanonicalUscc ?? parent?.Uscc,
            ParentId = parent?.Id,
            Ancestors = parent is null ? [] : [parent.Id, .. parent.Ancestors],
            OpensAt = request.OpensAt,
            ClosesAt = request.ClosesAt,
            RotatesCode = request.RotatesCode,
            Ventilation = request.Ventilation,
        }.At(request.Position.Latitude, request.Position.Longitude);
        return parent is null ? place : place.ApprovedWith(parent);
    }
}

/// <summary>What an owner says about a place.</summary>
/// <param name="Name">As on the door.</param>
/// <param name="Type">Admission rules and time-outs go by it. A household is never shown in public lists.</param>
/// <param name="Address">Street and number.</param>
/// <param name="Position">Where it is; public lists show only the grid cell.</param>
/// <param name="Capacity">How many persons it holds.</param>
/// <param name="Uscc">Unified social credit code (GB 32100) of the company or organisation; a home needs none, a part has that of its whole.</param>
/// <param name="PartOf">The caller's place that it is part of: the room's building, the building's campus. Cannot be changed later.</param>
/// <param name="OpensAt">Opening hours, local time, every day; absent for always open.</param>
/// <param name="ClosesAt">May be after midnight.</param>
/// <param name="RotatesCode">Only the changing code on a screen lets people in.</param>
/// <param name="Ventilation">How its air is changed; tracing weighs by it.</param>
public sealed record PlaceRequest(
    [property: StringLength(100, MinimumLength = 1), RegularExpression(PlaceRequest.Line)] string Name,
    PlaceType Type,
    [property: StringLength(200, MinimumLength = 1), RegularExpression(PlaceRequest.Line)] string Address,
    GeoPosition Position,
    [property: Range(1, 200_000)] int Capacity,
    [property: StringLength(40)] string? Uscc = null,
    Guid? PartOf = null,
    TimeOnly? OpensAt = null,
    TimeOnly? ClosesAt = null,
    bool RotatesCode = false,
    Ventilation Ventilation = Ventilation.Unknown)
{
    /// <summary>One line that says something: no control characters, not only spaces.</summary>
    internal const string Line = @"[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*";

    internal string? CanonicalUscc => UnifiedSocialCreditCode.TryParse(Uscc, out var code) ? code.Value : null;

    /// <summary>What the attributes cannot say, as a problem's code.</summary>
    internal string? Fault(out string field)
    {
        (var fault, field) = Uscc is not null && CanonicalUscc is null ? ("uscc_invalid", "uscc")
            : Uscc is null && PartOf is null && Type != PlaceType.Household ? ("uscc_missing", "uscc")
            : OpensAt is null != ClosesAt is null || (OpensAt is not null && OpensAt == ClosesAt) ? ("hours_invalid", "opensAt")
            : ((string?)null, "");
        return fault;
    }
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
/// <param name="State">Whether the department has approved it; before that nobody can check in.</param>
/// <param name="StateNote">What the department says about it.</param>
/// <param name="Uscc">Unified social credit code.</param>
/// <param name="PartOf">What it is part of.</param>
/// <param name="OpensAt">Opening hours, local time.</param>
/// <param name="ClosesAt">May be after midnight.</param>
/// <param name="RotatesCode">Only the changing code on a screen lets people in.</param>
/// <param name="ClosedAt">Since when it is closed, UTC.</param>
public sealed record OwnPlace(
    Guid PlaceId, string Name, PlaceType Type, string Address, GeoPosition Position, string Cell, int Capacity, string Code, DateTimeOffset RegisteredAt,
    PlaceState State, string? StateNote = null, string? Uscc = null, Guid? PartOf = null, TimeOnly? OpensAt = null, TimeOnly? ClosesAt = null, bool RotatesCode = false,
    DateTimeOffset? ClosedAt = null)
{
    internal static OwnPlace Example { get; } = new(
        Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), "Riverside Market", PlaceType.Shop, "18 Riverside Road", new GeoPosition(31.234, 121.478), "3123N12147E", 800,
        "SCP:5F0C7A1E93B84D2AA6C1E0D47B92F138", new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero), PlaceState.Approved, null, "91310115MA1K3BTP2B", null,
        new TimeOnly(7, 0), new TimeOnly(21, 30));

    internal static OwnPlace Of(Place place) => new(
        place.Id, place.Name, place.Type, place.Address, new GeoPosition(place.Latitude, place.Longitude), place.Cell, place.Capacity, place.Code,
        place.RegisteredAt, place.State, place.StateNote, place.Uscc, place.ParentId, place.OpensAt, place.ClosesAt, place.RotatesCode, place.ClosedAt);
}
