using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>
/// A person takes a place in the waiting room, and asks how far it is. Whom it lets in depends on the place and the time alone: nobody who leaves
/// keeps others waiting, and nobody who comes back has lost anything.
/// </summary>
internal static class QueueForBookable
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPut("/bookables/{id:guid}/queue-place", HandleAsync)
        .WithName("QueueForBookable")
        .WithTags("Booking")
        .WithSummary("The caller's place in the waiting room, the same however often it is asked for, with the ticket to book with once admitted.")
        .WithExample(answer: new QueuePlaceView(true, 0, Examples.Start, 17, "17.nXwSxT5mLJ0"))
        .ServeByHolder(HolderOf.Bookable)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<QueuePlaceView>, Refusal>> HandleAsync(
        Guid id, Caller caller, BookingEngine engine, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await engine.FindAsync(id, cancellationToken) is not { Mode: BookingMode.WaitingRoom } bookable) return Refusal.NotFound();
        if (bookable.IsClosed(now)) return Refusal.Conflict("booking_closed");

        if (await engine.RoomOf(id).PlaceOfAsync(caller.AccountId) is not { } place)
            return TypedResults.Ok(new QueuePlaceView(false, Math.Max(1, (int)Math.Ceiling((bookable.OpensAt - now).TotalSeconds)), bookable.OpensAt));
        var admittedAt = QueueTicket.AdmittedAt(bookable, place);
        return TypedResults.Ok(new QueuePlaceView(
            admittedAt <= now, Math.Max(0, (int)Math.Ceiling((admittedAt - now).TotalSeconds)), admittedAt, place, QueueTicket.Of(bookable.Id, caller.AccountId, place, personalData)));
    }
}

/// <summary>A place in a waiting room.</summary>
/// <param name="Admitted">Whether the person may book now.</param>
/// <param name="WaitSeconds">About how long it is until then.</param>
/// <param name="AdmittedAt">When that is, UTC.</param>
/// <param name="Place">The place, from 1; absent until the places of those who came before the opening are drawn.</param>
/// <param name="Ticket">Send it in the header <c>Queue-Ticket</c> when booking; good for this person only.</param>
public sealed record QueuePlaceView(bool Admitted, int WaitSeconds, DateTimeOffset AdmittedAt, int? Place = null, string? Ticket = null);

/// <summary>A place that its person carries, signed: any replica lets them in without looking it up.</summary>
internal static class QueueTicket
{
    public static DateTimeOffset AdmittedAt(Bookable bookable, int place) => bookable.OpensAt + TimeSpan.FromSeconds((place - 1) / bookable.AdmitPerSecond);

    public static string Of(Guid bookable, Guid account, int place, PersonalData personalData) => string.Create(
        CultureInfo.InvariantCulture, $"{place}.{Base64Url.EncodeToString(personalData.Lookup(string.Create(CultureInfo.InvariantCulture, $"queue {bookable} {account} {place}")))}");

    public static bool Admits(string? ticket, Bookable bookable, Guid account, PersonalData personalData, DateTimeOffset now) =>
        ticket?.Split('.') is [var number, _]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place > 0
        && CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.ASCII.GetBytes(ticket), System.Text.Encoding.ASCII.GetBytes(Of(bookable.Id, account, place, personalData)))
        && AdmittedAt(bookable, place) <= now;
}
