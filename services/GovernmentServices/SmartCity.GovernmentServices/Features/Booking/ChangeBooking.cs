using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person confirms what is held for them, or gives it back for somebody else; a department says who did not come.</summary>
internal static class ChangeBooking
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/bookings/{id:guid}/confirmation", ConfirmAsync)
            .WithName("ConfirmBooking")
            .WithTags("Booking")
            .WithSummary("Confirms what is held for the caller before its time runs out; repeated, it changes nothing.")
            .WithExample(answer: Examples.Booking)
            .ServeByHolder(HolderOf.Booking)
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapDelete("/bookings/{id:guid}", CancelAsync)
            .WithName("CancelBooking")
            .WithTags("Booking")
            .WithSummary("Cancels the caller's booking while others can still come, and gives the place to who waits; repeated, it changes nothing.")
            .ServeByHolder(HolderOf.Booking)
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapPost("/department/bookings/{id:guid}/no-show", MissAsync)
            .WithName("RecordNoShow")
            .WithTags("Booking")
            .WithSummary("Records that a person did not come, and gives the place to who waits; repeated, it changes nothing.")
            .ServeByHolder(HolderOf.Booking)
            .Allow(Roles.DepartmentOfficer);
    }

    private static async Task<Results<Ok<BookingView>, Refusal>> ConfirmAsync(
        Guid id, Caller caller, GovernmentServicesDb db, BookingEngine engine, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (await OfAsync(db, id, cancellationToken) is not { Bookable: { } bookable } booking || booking.AccountId != caller.AccountId) return Refusal.NotFound();
        var outcome = await engine.OrderAsync(bookable.Id, caller.AccountId, (ledger, _) => ledger.Confirm(caller.AccountId, id), cancellationToken);
        return outcome is { Answer: LedgerAnswer.Done, Booking: { } confirmed }
            ? TypedResults.Ok(BookingView.Of(bookable, confirmed, directory))
            : Refusal.Conflict("hold_over");
    }

    private static async Task<Results<NoContent, Refusal>> CancelAsync(
        Guid id, Caller caller, GovernmentServicesDb db, BookingEngine engine, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await OfAsync(db, id, cancellationToken) is not { Bookable: { } bookable } booking || booking.AccountId != caller.AccountId) return Refusal.NotFound();
        if (booking.EndedAt is not null) return TypedResults.NoContent();
        if (bookable.IsClosed(clock.GetUtcNow())) return Refusal.Conflict("booking_closed");
        // Unknown to the ledger by now: it has ended, which is what was asked for.
        await engine.OrderAsync(bookable.Id, caller.AccountId, (ledger, now) => ledger.End(caller.AccountId, id, BookingState.Cancelled, now), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Refusal>> MissAsync(
        Guid id, Caller caller, GovernmentServicesDb db, BookingEngine engine, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await OfAsync(db, id, cancellationToken) is not { Bookable: { } bookable } booking || bookable.Department != department) return Refusal.NotFound();
        if (booking.State == BookingState.NoShow) return TypedResults.NoContent();
        if (!bookable.HasStarted(clock.GetUtcNow())) return Refusal.Conflict("not_started");
        var outcome = await engine.OrderAsync(bookable.Id, booking.AccountId, (ledger, now) => ledger.End(booking.AccountId, id, BookingState.NoShow, now), cancellationToken);
        return outcome.Answer == LedgerAnswer.Done ? TypedResults.NoContent() : Refusal.Conflict("not_booked");
    }

    private static Task<Domain.Booking?> OfAsync(GovernmentServicesDb db, Guid id, CancellationToken cancellationToken) =>
        db.Bookings.AsNoTracking().Include(booking => booking.Bookable).SingleOrDefaultAsync(booking => booking.Id == id, cancellationToken);
}
