using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person enters a lottery, once, however often they ask.</summary>
internal static class EnterLottery
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPut("/bookables/{id:guid}/entry", HandleAsync)
        .WithName("EnterLottery")
        .WithTags("Booking")
        .WithSummary("Enters the caller into the lottery; repeated, it answers the same number. What was drawn is among their bookings.")
        .WithExample(answer: new LotteryEntryView(Guid.Parse("5ad1e6b5-0d6c-9e0b-6a55-1c4ba6be0f4f"), Examples.Start))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<LotteryEntryView>, Refusal>> HandleAsync(
        Guid id, Caller caller, GovernmentServicesDb db, NpgsqlDataSource database, CityDirectory directory, EligibilityTables tables, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Bookables.FindAsync([id], cancellationToken) is not { Mode: BookingMode.Lottery, DrawAt: { } drawAt } bookable) return Refusal.NotFound();
        if (now < bookable.OpensAt) return Refusal.Conflict("not_open_yet", field: null, bookable.OpensAt);
        if (now >= drawAt) return Refusal.Conflict("entries_closed");
        var ask = await Book.AskAsync(caller, quantity: null, db, now, cancellationToken);
        if (await Book.MayAsync(bookable, ask, directory, tables, now, cancellationToken) is { } refusal) return refusal;

        var number = Draw.NumberOf(id, caller.AccountId);
        // The lock makes the draw wait for entries under way; whoever comes while it closes the list is too late.
        await using var enter = database.CreateCommand("""
            INSERT INTO lottery_entries (bookable_id, account_id, actor_id, channel, number, entered_at)
            SELECT id, $2, $3, $4, $5, $6 FROM (SELECT id FROM bookables WHERE id = $1 AND entries_digest IS NULL FOR KEY SHARE) AS open
            ON CONFLICT (bookable_id, account_id) DO UPDATE SET number = excluded.number
            RETURNING entered_at
            """);
        foreach (var value in new object[] { id, caller.AccountId, caller.Actor, ask.Channel.ToString(), number, now }) enter.Parameters.Add(new() { Value = value });
        return await enter.ExecuteScalarAsync(cancellationToken) is DateTime enteredAt
            ? TypedResults.Ok(new LotteryEntryView(number, new DateTimeOffset(enteredAt, TimeSpan.Zero)))
            : Refusal.Conflict("entries_closed");
    }
}

/// <summary>A person's entry.</summary>
/// <param name="Number">Their number in the draw; the published list has it, without a name.</param>
/// <param name="EnteredAt">When they entered, UTC.</param>
public sealed record LotteryEntryView(Guid Number, DateTimeOffset EnteredAt);
