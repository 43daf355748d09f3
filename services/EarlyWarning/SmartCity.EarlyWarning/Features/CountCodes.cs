using MassTransit;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Keeps the counts of colours per cell and day: running totals, of which the latest holds.</summary>
internal sealed class CountCodes(EarlyWarningDb db) : IConsumer<CodesCounted>
{
    public async Task Consume(ConsumeContext<CodesCounted> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var (counted, at) = (context.Message, context.Message.CountedAt.ToUniversalTime());
        var day = CityDay.Of(at);
        var count = await db.CodeCounts.FindAsync([counted.Cell, day], context.CancellationToken) ?? db.Add(new CodeCount { Cell = counted.Cell, Day = day }).Entity;
        if (at > count.CountedAt) (count.Green, count.Yellow, count.Red, count.CountedAt) = (counted.Green, counted.Yellow, counted.Red, at);
        await db.SaveChangesAsync(context.CancellationToken);
    }
}
