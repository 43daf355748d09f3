using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person sees where they are expected.</summary>
internal static class ListMyBookings
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/me/bookings", HandleAsync)
        .WithName("ListMyBookings")
        .WithTags("Booking")
        .WithSummary("The caller's own bookings that have not ended, held and waiting ones too, the latest made first.")
        .WithExample(answer: new Page<BookingView>([Examples.Booking]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<BookingView>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var bookings = db.Bookings.AsNoTracking().Where(booking => booking.AccountId == caller.AccountId && booking.EndedAt == null);
        if (after is { } id) bookings = bookings.Where(booking => booking.Id.CompareTo(id) < 0);

        var rows = await bookings.OrderByDescending(booking => booking.Id).Take(page.Take + 1).Include(booking => booking.Bookable).ToListAsync(cancellationToken);
        // A booking cannot be without its bookable: the foreign key says so.
        BookingView[] views = [.. rows.Select(booking => BookingView.Of(booking.Bookable!, Open(booking), directory))];
        return TypedResults.Ok(Page<BookingView>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static OpenBooking Open(Domain.Booking booking) => new(
        booking.Id, booking.AccountId, booking.ActorId, booking.Channel, booking.Quantity, booking.State, booking.BookedAt, booking.HeldUntil);
}
