using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>A place closes or opens again; or it goes, with all its parts, to another owner, who has to accept it.</summary>
internal static class HandOverPlace
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPut("/places/{id:guid}/closing", CloseAsync).WithName("ClosePlace").WithTags("Places")
            .WithSummary("Closes a place of the caller until further notice, or opens it again. Visits, code and parts stay.")
            .WithExample(new ClosingRequest(true), OwnPlace.Example with { ClosedAt = new DateTimeOffset(2026, 3, 5, 2, 0, 0, TimeSpan.Zero) })
            .Allow(Roles.VenueOperator, Roles.HealthOfficer);
        features.MapPut("/places/{id:guid}/offer", OfferAsync).WithName("OfferPlace").WithTags("Places")
            .WithSummary("Offers a place of the caller, with its parts, to another account; without one the offer is taken back.")
            .WithExample(new OfferRequest(Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e0f1")), OwnPlace.Example).Allow(Roles.VenueOperator);
        features.MapPost("/places/{id:guid}/acceptance", AcceptAsync).WithName("AcceptPlace").WithTags("Places")
            .WithSummary("Takes over a place that was offered to the caller. Where the company changes too, it waits for approval again.")
            .WithExample(new AcceptanceRequest("91310115MA1K3BTP2B"), OwnPlace.Example).Allow(Roles.VenueOperator);
    }

    private static async Task<Results<Ok<OwnPlace>, Refusal>> CloseAsync(
        Guid id, ClosingRequest request, Caller caller, PlaceRegistrationDb db, PlaceBook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Places.OpenTo(caller).SingleOrDefaultAsync(place => place.Id == id, cancellationToken) is not { } place) return Refusal.NotFound("place_unknown");
        place.ClosedAt = request.Closed ? place.ClosedAt ?? clock.GetUtcNow() : null;
        await db.SaveChangesAsync(cancellationToken);
        book.Forget(place);
        return TypedResults.Ok(OwnPlace.Of(place));
    }

    private static async Task<Results<Ok<OwnPlace>, Refusal>> OfferAsync(
        Guid id, OfferRequest request, Caller caller, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (await db.Places.SingleOrDefaultAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken) is not { } place)
            return Refusal.NotFound("place_unknown");
        // A room goes with its building.
        if (place.ParentId is not null) return Refusal.Conflict("place_is_part");
        place.OfferedTo = request.To;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(OwnPlace.Of(place));
    }

    private static async Task<Results<Ok<OwnPlace>, Refusal>> AcceptAsync(
        Guid id, AcceptanceRequest request, Caller caller, PlaceRegistrationDb db, PlaceBook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!UnifiedSocialCreditCode.TryParse(request.Uscc, out var uscc)) return Refusal.Invalid("uscc_invalid", "uscc");
        // Asking again after the answer was lost finds the place its own.
        var root = await db.Places.SingleOrDefaultAsync(
            place => place.Id == id && (place.OfferedTo == caller.AccountId || (place.OfferedTo == null && place.OwnerId == caller.AccountId)), cancellationToken);
        if (root is null) return Refusal.NotFound("place_unknown");
        if (root.OfferedTo is null) return TypedResults.Ok(OwnPlace.Of(root));

        var former = root.OwnerId;
        var parts = await db.Places.Where(place => place.OwnerId == former && place.Ancestors.Contains(id)).ToListAsync(cancellationToken);
        var waits = root.Uscc != uscc.Value;
        foreach (var place in parts.Append(root))
        {
            (place.OwnerId, place.OfferedTo, place.Uscc) = (caller.AccountId, null, uscc.Value);
            if (waits) place.Decide(PlaceState.Pending, null, caller.AccountId, clock.GetUtcNow());
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var place in parts.Append(root)) book.Forget(place);
        return TypedResults.Ok(OwnPlace.Of(root));
    }
}

/// <summary>Whether a place is closed.</summary>
/// <param name="Closed">Until further notice.</param>
public sealed record ClosingRequest(bool Closed);

/// <summary>To whom a place is offered.</summary>
/// <param name="To">The account; absent to take an offer back.</param>
public sealed record OfferRequest(Guid? To);

/// <summary>The new owner's side.</summary>
/// <param name="Uscc">Unified social credit code of their company or organisation.</param>
public sealed record AcceptanceRequest([property: Required, StringLength(40)] string Uscc);
