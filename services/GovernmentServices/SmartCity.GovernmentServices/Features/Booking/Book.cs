using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person takes a place or goods, or waits for them; trying again finds what they have.</summary>
internal static class Book
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/bookables/{id:guid}/bookings", BookAsync)
            .WithName("Book")
            .WithTags("Booking")
            .WithSummary("Books for the caller; repeated, it answers the same booking. One that is held must be confirmed in time.")
            .WithExample(answer: Examples.Booking)
            .ServeByHolder(HolderOf.Bookable)
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapPost("/bookables/{id:guid}/waiting-list", WaitAsync)
            .WithName("JoinWaitingList")
            .WithTags("Booking")
            .WithSummary("Puts the caller on the waiting list of what is booked out: whoever has waited longest gets what others give back or do not pick up.")
            .WithExample(answer: Examples.Booking with { State = BookingState.Waiting })
            .ServeByHolder(HolderOf.Bookable)
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<Ok<BookingView>, Refusal>> BookAsync(
        Guid id, [Range(1, 100)] int? quantity, [FromHeader(Name = "Queue-Ticket"), StringLength(100)] string? ticket, Caller caller, BookingEngine engine,
        CityDirectory directory, EligibilityTables tables, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await engine.FindAsync(id, cancellationToken) is not { } bookable) return Refusal.NotFound();
        var ask = await AskAsync(caller, quantity, db, now, cancellationToken);
        if (bookable.Mode == BookingMode.Lottery && bookable.DrawnAt is null && !bookable.IsClosed(now)) return Refusal.Conflict("lottery_only");
        if (bookable.Mode == BookingMode.WaitingRoom && ask.Channel == BookingChannel.Online && now >= bookable.OpensAt && !QueueTicket.Admits(ticket, bookable, caller.AccountId, personalData, now))
            return Refusal.Conflict("queue_first");
        return await MayAsync(bookable, ask, directory, tables, now, cancellationToken) is { } refusal
            ? refusal
            : Answer(await engine.OrderAsync(id, caller.AccountId, (ledger, time) => ledger.Book(ask, time), cancellationToken), bookable, directory);
    }

    private static async Task<Results<Ok<BookingView>, Refusal>> WaitAsync(
        Guid id, [Range(1, 100)] int? quantity, Caller caller, BookingEngine engine, CityDirectory directory, EligibilityTables tables, GovernmentServicesDb db,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await engine.FindAsync(id, cancellationToken) is not { } bookable) return Refusal.NotFound();
        var ask = await AskAsync(caller, quantity, db, now, cancellationToken);
        return await MayAsync(bookable, ask, directory, tables, now, cancellationToken) is { } refusal
            ? refusal
            : Answer(await engine.OrderAsync(id, caller.AccountId, (ledger, time) => ledger.Wait(ask, time), cancellationToken), bookable, directory);
    }

    /// <summary>Who helps as staff has said by which channel people come to them; family is online like the person.</summary>
    internal static async Task<BookingAsk> AskAsync(Caller caller, int? quantity, GovernmentServicesDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var channel = caller.ActorId is not { } actor
            ? BookingChannel.Online
            : await db.Assistants.Where(assistant => assistant.AccountId == actor).Select(assistant => assistant.Channel).SingleOrDefaultAsync(cancellationToken);
        return new BookingAsk(Guid.CreateVersion7(now), caller.AccountId, caller.Actor, channel, quantity ?? 1);
    }

    internal static async Task<Refusal?> MayAsync(
        Bookable bookable, BookingAsk ask, CityDirectory directory, EligibilityTables tables, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!directory.BookableServices.ContainsKey(bookable.Service)) return Refusal.Conflict("service_closed");
        if (bookable.Eligibility is not { } table) return null;
        return await tables.IsEligibleAsync(table, ask, now, cancellationToken) switch
        {
            true => null,
            false => Refusal.Conflict("booking_not_eligible"),
            null => Refusal.Conflict("booking_facts_missing"),
        };
    }

    private static Results<Ok<BookingView>, Refusal> Answer(Outcome outcome, Bookable bookable, CityDirectory directory) => outcome switch
    {
        { Answer: LedgerAnswer.Done, Booking: { } booking } => TypedResults.Ok(BookingView.Of(bookable, booking, directory)),
        { Answer: LedgerAnswer.Full } => Refusal.Conflict("booked_out"),
        { Answer: LedgerAnswer.Closed } => Refusal.Conflict("booking_closed"),
        { Answer: LedgerAnswer.NotOpenYet } => Refusal.Conflict("not_open_yet", field: null, bookable.OpensAt),
        { Answer: LedgerAnswer.TooMany } => Refusal.Conflict("too_many_units", "quantity", bookable.PerPerson),
        { Answer: LedgerAnswer.LimitReached } => Refusal.Conflict("booking_limit_reached", field: null, directory.BookableServices[bookable.Service].OpenBookingsPerPerson),
        { Answer: LedgerAnswer.NotFull } => Refusal.Conflict("not_booked_out"),
        _ => throw new NotWritableException($"Answered {outcome.Answer}."),
    };
}

/// <summary>A booking of the caller.</summary>
/// <param name="Id">The booking.</param>
/// <param name="BookableId">What is booked.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Service">What is served or handed out.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Place">Where to come.</param>
/// <param name="StartsAt">From when, UTC.</param>
/// <param name="EndsAt">Until when, not included, UTC.</param>
/// <param name="Quantity">How many units.</param>
/// <param name="BookedAt">When it was asked for, UTC.</param>
/// <param name="HeldUntil">Until when it must be confirmed, UTC; absent where it need not be.</param>
/// <param name="Position">Where the place is; absent where it was not said.</param>
public sealed record BookingView(
    Guid Id, Guid BookableId, BookingState State, string Service, string ServiceName, string Place, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Quantity,
    DateTimeOffset BookedAt, DateTimeOffset? HeldUntil = null, Position? Position = null)
{
    internal static BookingView Of(Bookable bookable, OpenBooking booking, CityDirectory directory) => new(
        booking.Id, bookable.Id, booking.State, bookable.Service, directory.NameOfService(bookable.Service), bookable.Place, bookable.StartsAt, bookable.EndsAt,
        booking.Quantity, booking.BookedAt, booking.HeldUntil, bookable.Position);
}
