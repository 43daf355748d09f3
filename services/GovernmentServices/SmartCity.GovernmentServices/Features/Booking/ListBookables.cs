using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>Everybody sees what can be booked.</summary>
internal static class ListBookables
{
    /// <summary>In a rush everybody asks; an answer this old still says well enough whether it is worth trying.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/bookables", HandleAsync)
        .WithName("ListBookables")
        .WithTags("Booking")
        .WithSummary("Slots and stocks that end after a time, now if none is given, in the order of their start, with what remains.")
        .WithExample(answer: new Page<BookableView>([Examples.Bookable]))
        .AllowEveryone();

    private static async Task<Results<PublicAnswer<Page<BookableView>>, Refusal>> HandleAsync(
        [StringLength(50)] string? service, Word<BookableKind>? kind, DateTimeOffset? from, [AsParameters] PageQuery page, GovernmentServicesDb db,
        CityDirectory directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (service is not null && !directory.BookableServices.ContainsKey(service)) return Refusal.Invalid("service_unknown", "service");

        var start = (from ?? clock.GetUtcNow()).ToUniversalTime();
        // A slot is over for who has not booked when it starts; goods are handed out until the end.
        var bookables = db.Bookables.AsNoTracking().Where(bookable => (bookable.Kind == BookableKind.Stock ? bookable.EndsAt : bookable.StartsAt) >= start);
        if (service is not null) bookables = bookables.Where(bookable => bookable.Service == service);
        if (kind?.Value is { } only) bookables = bookables.Where(bookable => bookable.Kind == only);
        if (after is { } id)
        {
            var startOfSeen = await db.Bookables.Where(bookable => bookable.Id == id).Select(bookable => (DateTimeOffset?)bookable.StartsAt).SingleOrDefaultAsync(cancellationToken);
            if (startOfSeen is not { } seen) return PageQuery.InvalidCursor;
            bookables = bookables.Where(bookable => EF.Functions.GreaterThan(ValueTuple.Create(bookable.StartsAt, bookable.Id), ValueTuple.Create(seen, id)));
        }

        var rows = await bookables.OrderBy(bookable => bookable.StartsAt).ThenBy(bookable => bookable.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        BookableView[] views = [.. rows.Select(bookable => BookableView.Of(bookable, directory))];
        return new PublicAnswer<Page<BookableView>>(Page<BookableView>.From(views, page.Take, view => view.Id.ToString()), MaxAge);
    }
}

/// <summary>A slot or a stock.</summary>
/// <param name="Id">It.</param>
/// <param name="Kind">Which of the two.</param>
/// <param name="Mode">Who comes to it, in what order.</param>
/// <param name="Service">What is served or handed out.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Department">Who serves.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
/// <param name="Place">Where people are to come.</param>
/// <param name="StartsAt">From when, UTC.</param>
/// <param name="EndsAt">Until when, not included, UTC.</param>
/// <param name="OpensAt">From when it can be booked or entered, UTC.</param>
/// <param name="Capacity">How many people, or units.</param>
/// <param name="PerPerson">How many units one person may take.</param>
/// <param name="Remaining">How many were free a moment ago, those kept for other channels included.</param>
/// <param name="Position">Where the place is; absent where it was not said.</param>
/// <param name="DrawAt">Of a lottery: when it is drawn, UTC.</param>
/// <param name="HoldMinutes">How long a place is kept until it is confirmed; absent where nobody must confirm.</param>
/// <param name="Eligibility">The decision table that says who may book; absent for everybody.</param>
/// <param name="SeedHash">Of a lottery or waiting room: SHA-256 of the seed that the order will be drawn by, in hexadecimal.</param>
public sealed record BookableView(
    Guid Id, BookableKind Kind, BookingMode Mode, string Service, string ServiceName, string Department, string DepartmentName, string Place,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset OpensAt, int Capacity, int PerPerson, int Remaining, Position? Position = null,
    DateTimeOffset? DrawAt = null, int? HoldMinutes = null, string? Eligibility = null, string? SeedHash = null)
{
    internal static BookableView Of(Bookable bookable, CityDirectory directory) => new(
        bookable.Id, bookable.Kind, bookable.Mode, bookable.Service, directory.NameOfService(bookable.Service), bookable.Department,
        directory.NameOfDepartment(bookable.Department), bookable.Place, bookable.StartsAt, bookable.EndsAt, bookable.OpensAt, bookable.Capacity,
        bookable.PerPerson, bookable.Capacity - bookable.Booked, bookable.Position, bookable.DrawAt,
        (int?)bookable.HoldFor?.TotalMinutes, bookable.Eligibility, bookable.SeedHash is { } hash ? Convert.ToHexStringLower(hash) : null);
}
