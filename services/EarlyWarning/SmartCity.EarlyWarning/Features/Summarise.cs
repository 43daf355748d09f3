using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>The course of things in a few figures.</summary>
internal static class Summarise
{
    public static void Map(RouteGroupBuilder features) => features.MapGet("/summary", HandleAsync)
        .WithName("Summarise").WithTags("Signals").WithSummary("Cases, their peak, the first alarm about them, and warnings, for the whole city.")
        .WithExample(answer: new Summary(188, new DateOnly(2026, 3, 7), new DateOnly(2026, 2, 22), 12, 1, new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero)))
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Ok<Summary>> HandleAsync(EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var cases = db.Signals.Where(signal => signal.Stream == SignalStream.Cases && signal.Area == Area.City && signal.Value > 0);
        var alarms = db.Alarms.Where(alarm => alarm.Stream == SignalStream.Cases && alarm.UnsupportedSince == null);
        return TypedResults.Ok(new Summary(
            await cases.SumAsync(signal => signal.Value, cancellationToken),
            await cases.OrderByDescending(signal => signal.Value).ThenBy(signal => signal.Day).Select(signal => (DateOnly?)signal.Day).FirstOrDefaultAsync(cancellationToken),
            await alarms.Where(alarm => alarm.Area == Area.City).MinAsync(alarm => (DateOnly?)alarm.Day, cancellationToken),
            await alarms.CountAsync(cancellationToken),
            await db.Warnings.CountAsync(warning => warning.State == WarningState.Issued && warning.ExpiresAt > now, cancellationToken),
            now));
    }

    /// <param name="Cases">Confirmed and not withdrawn.</param>
    /// <param name="PeakDay">The day with the most of them, the first if several; absent without any.</param>
    /// <param name="FirstAlarmDay">The first day that was out of the ordinary in the whole city; absent without any.</param>
    /// <param name="Alarms">Alarms about cases that stand, of the city and of cells.</param>
    /// <param name="WarningsInForce">Issued and not expired.</param>
    /// <param name="AsOf">When this was so, UTC.</param>
    internal sealed record Summary(int Cases, DateOnly? PeakDay, DateOnly? FirstAlarmDay, int Alarms, int WarningsInForce, DateTimeOffset AsOf);
}
