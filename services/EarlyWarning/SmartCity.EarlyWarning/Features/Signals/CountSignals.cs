using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Something that an event states about a stream.</summary>
/// <param name="Key">The fact's natural key in its stream.</param>
/// <param name="AsOf">When it was said: the latest holds.</param>
internal sealed record Statement(SignalStream Stream, string Key, string Kind, string? Cell, DateTimeOffset At, int Value, DateTimeOffset AsOf);

/// <summary>Counts what events state and take back, and writes the days that change as new values; all in the consumer's one transaction.</summary>
internal sealed class CountSignals(EarlyWarningDb db, TimeProvider clock)
{
    private const string Feed = "city";

    /// <summary>Counts what an event states.</summary>
    public Task StateAsync(
        SignalStream stream, string key, string kind, string? cell, DateTimeOffset at, int value, DateTimeOffset asOf, CancellationToken cancellationToken) =>
        StateAsync([new(stream, key, kind, cell, at, value, asOf)], cancellationToken);

    /// <summary>Counts what an event states about several streams, given in the order of their numbers: two events that share streams wait for each other.</summary>
    public async Task StateAsync(IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var said in statements)
            await ApplyAsync(said.Stream, said.Key, fact => fact.State(said.Kind, said.Cell, CityDay.Of(said.At), said.Value, said.AsOf), cancellationToken);
        // What changes nothing still enters the inbox.
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>No longer counts what an event takes back.</summary>
    public async Task WithdrawAsync(SignalStream stream, string key, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await ApplyAsync(stream, key, fact => fact.Withdraw(asOf), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task ApplyAsync(SignalStream stream, string key, Func<SignalFact, bool> change, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await SignalStore.LockAsync(connection, stream, cancellationToken);
        var fact = await db.Facts.FindAsync([stream, key], cancellationToken) ?? db.Add(new SignalFact { Stream = stream, Key = key }).Entity;
        var before = (fact.Kind, fact.Cell, fact.Day);
        if (!change(fact)) return;
        await db.SaveChangesAsync(cancellationToken);

        (string Kind, string? Cell, DateOnly? Day)[] touched = [before, (fact.Kind, fact.Cell, fact.Day)];
        var days = touched.Where(place => place.Day is not null).Distinct().ToArray();
        var values = new List<BatchValue>();
        for (var i = 0; i < days.Length; i++)
        {
            var (kind, cell, day) = days[i];
            var sum = await db.Facts.Where(f => f.Stream == stream && f.Day == day && f.Kind == kind && f.Cell == cell).SumAsync(f => f.Value, cancellationToken);
            values.Add(new BatchValue(i, CityDay.Start(day!.Value), sum));
        }

        await SignalStore.AppendAsync(connection, stream, Feed, [.. days.Select(place => (place.Kind, place.Cell ?? Area.City))], values, clock.GetUtcNow(), review: false, cancellationToken);
    }
}
