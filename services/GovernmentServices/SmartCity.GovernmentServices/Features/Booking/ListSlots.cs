using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>Everybody sees what can be booked.</summary>
internal static class ListSlots
{
    /// <summary>In a rush everybody asks; an answer this old still says well enough whether it is worth trying.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/slots", HandleAsync)
        .WithName("ListSlots")
        .WithTags("Booking")
        .WithSummary("Slots that start at or after a time, now if none is given, in the order of their start, with the places that remain.")
        .AllowEveryone();

    private static async Task<Results<PublicAnswer<Page<SlotView>>, Refusal>> HandleAsync(
        [StringLength(50)] string? service, DateTimeOffset? from, [AsParameters] PageQuery page, GovernmentServicesDb db, CityDirectory directory,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (service is not null && !directory.BookableServices.ContainsKey(service)) return Refusal.Invalid("service_unknown", "service");

        var start = (from ?? clock.GetUtcNow()).ToUniversalTime();
        var slots = db.Slots.AsNoTracking().Where(slot => slot.StartsAt >= start);
        if (service is not null) slots = slots.Where(slot => slot.Service == service);
        if (after is { } id)
        {
            var startOfSeen = await db.Slots.Where(slot => slot.Id == id).Select(slot => (DateTimeOffset?)slot.StartsAt).SingleOrDefaultAsync(cancellationToken);
            if (startOfSeen is not { } seen) return PageQuery.InvalidCursor;
            slots = slots.Where(slot => EF.Functions.GreaterThan(ValueTuple.Create(slot.StartsAt, slot.Id), ValueTuple.Create(seen, id)));
        }

        var rows = await slots.OrderBy(slot => slot.StartsAt).ThenBy(slot => slot.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        SlotView[] views = [.. rows.Select(slot => SlotView.Of(slot, directory))];
        return new PublicAnswer<Page<SlotView>>(Page<SlotView>.From(views, page.Take, view => view.Id.ToString()), MaxAge);
    }
}
