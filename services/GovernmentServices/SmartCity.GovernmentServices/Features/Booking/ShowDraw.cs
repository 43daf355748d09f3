using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>Everybody can check a draw: the hash of the seed beforehand, seed and entries afterwards. <c>tools/Draw</c> repeats it.</summary>
internal static class ShowDraw
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/bookables/{id:guid}/draw", ShowAsync)
            .WithName("ShowDraw")
            .WithTags("Booking")
            .WithSummary("What a draw is made from: the seed's hash beforehand; afterwards the seed, the digest of the entries and how many they are.")
            .WithExample(answer: new DrawView(new string('a', 64), Examples.Start, 1000, 2, new string('b', 64), new string('c', 64), Examples.Start))
            .AllowEveryone();
        features.MapGet("/bookables/{id:guid}/draw/entries", ListAsync)
            .WithName("ListDrawEntries")
            .WithTags("Booking")
            .WithSummary("All numbers that took part in a draw, one a line, after it was drawn.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .AllowEveryone();
    }

    private static async Task<Results<PublicAnswer<DrawView>, Refusal>> ShowAsync(
        Guid id, GovernmentServicesDb db, PersonalData personalData, CancellationToken cancellationToken)
    {
        var bookable = await db.Bookables.AsNoTracking().SingleOrDefaultAsync(bookable => bookable.Id == id, cancellationToken);
        if (bookable is not { Mode: BookingMode.Lottery, SeedHash: { } hash, SealedSeed: { } seed, DrawAt: { } drawAt }) return Refusal.NotFound();
        var entries = await db.LotteryEntries.CountAsync(entry => entry.BookableId == id, cancellationToken);
        return new PublicAnswer<DrawView>(
            new DrawView(
                Convert.ToHexStringLower(hash), drawAt, bookable.Capacity, entries, bookable.EntriesDigest is { } digest ? Convert.ToHexStringLower(digest) : null,
                // Told once nothing can be chosen any more.
                bookable.DrawnAt is null ? null : personalData.Open(seed, id), bookable.DrawnAt),
            MaxAge);
    }

    private static async Task<Results<PushStreamHttpResult, Refusal>> ListAsync(Guid id, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        if (!await db.Bookables.AnyAsync(bookable => bookable.Id == id && bookable.DrawnAt != null && bookable.Mode == BookingMode.Lottery, cancellationToken)) return Refusal.NotFound();
        return TypedResults.Stream(
            async body =>
            {
                await using var text = new StreamWriter(body, leaveOpen: true);
                var numbers = db.LotteryEntries.AsNoTracking().Where(entry => entry.BookableId == id).Select(entry => entry.Number).AsAsyncEnumerable();
                await foreach (var number in numbers.WithCancellation(cancellationToken)) await text.WriteAsync($"{number}\n");
            },
            "text/plain; charset=utf-8");
    }
}

/// <summary>A draw.</summary>
/// <param name="SeedHash">SHA-256 of the seed, in hexadecimal, known since the offer.</param>
/// <param name="DrawAt">When it is drawn, UTC.</param>
/// <param name="Places">How many are drawn.</param>
/// <param name="Entries">How many take part so far.</param>
/// <param name="EntriesDigest">SHA-256 over all numbers in ascending order; absent while people can enter.</param>
/// <param name="Seed">The seed, in hexadecimal; absent until it is drawn.</param>
/// <param name="DrawnAt">When it was drawn, UTC.</param>
public sealed record DrawView(
    string SeedHash, DateTimeOffset DrawAt, int Places, int Entries, string? EntriesDigest = null, string? Seed = null, DateTimeOffset? DrawnAt = null);
