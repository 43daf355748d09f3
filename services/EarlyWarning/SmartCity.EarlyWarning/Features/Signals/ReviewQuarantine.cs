using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A total that fell counts only after a person has said that it is a correction.</summary>
internal static class ReviewQuarantine
{
    private static readonly QuarantineView Example = new(
        Guid.Parse("019d0a3e-7c00-7000-8000-000000000001"), SignalStream.OtherCities, "610100", Area.City, new DateTimeOffset(2026, 3, 19, 16, 0, 0, TimeSpan.Zero), 118, 120, "health-commission",
        new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), QuarantineState.Waiting, null);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/quarantine", ListAsync)
            .WithName("ListQuarantine").WithTags("Signals").WithSummary("Totals that fell, the newest first; those that wait, unless another state is asked for.")
            .WithExample(answer: new Page<QuarantineView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapPost("/quarantine/{id:guid}/decision", DecideAsync)
            .WithName("DecideQuarantine").WithTags("Signals").WithSummary("Says whether the value is a correction, and counts, or a mistake.")
            .WithExample(new Decision(Accepted: true), Example with { State = QuarantineState.Accepted, DecidedAt = Example.ReceivedAt.AddHours(1) })
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<Page<QuarantineView>>, Refusal>> ListAsync(
        Word<QuarantineState>? state, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var wanted = state?.Value ?? QuarantineState.Waiting;
        var values = await db.Quarantine.AsNoTracking()
            .Where(value => value.State == wanted && (after == null || value.Id < after))
            .OrderByDescending(value => value.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<QuarantineView>.From([.. values.Select(QuarantineView.Of)], page.Take, value => value.Id.ToString()));
    }

    private static async Task<Results<Ok<QuarantineView>, Refusal>> DecideAsync(
        Guid id, Decision request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Quarantine.AsNoTracking().SingleOrDefaultAsync(value => value.Id == id, cancellationToken) is not { } found) return Refusal.NotFound("quarantined_value_unknown");
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await SignalStore.LockAsync(connection, found.Stream, cancellationToken);
        // Read again behind the lock: of two decisions the second sees the first.
        var value = await db.Quarantine.SingleAsync(waiting => waiting.Id == id, cancellationToken);
        var to = request.Accepted ? QuarantineState.Accepted : QuarantineState.Rejected;
        if (value.State == to) return TypedResults.Ok(QuarantineView.Of(value));
        if (value.State != QuarantineState.Waiting) return Refusal.Conflict("quarantine_decided");

        var now = clock.GetUtcNow();
        (value.State, value.DecidedBy, value.DecidedAt) = (to, caller.Actor, now);
        if (request.Accepted)
            await SignalStore.AppendAsync(connection, value.Stream, value.Feed, [(value.Kind, value.Area)], [new BatchValue(0, value.At, value.Value)], now, review: false, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Ok(QuarantineView.Of(value));
    }

    /// <param name="Accepted">True for a correction, false for a mistake.</param>
    internal sealed record Decision(bool Accepted);

    /// <param name="Id">The value's id in quarantine.</param>
    /// <param name="Stream">Its stream.</param>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Area">Its area.</param>
    /// <param name="At">What it is about: start of the day or hour, UTC.</param>
    /// <param name="Value">The total that fell.</param>
    /// <param name="Neighbour">The total before or after it that contradicts it.</param>
    /// <param name="Feed">Who delivered it.</param>
    /// <param name="ReceivedAt">When, UTC.</param>
    /// <param name="State">What became of it.</param>
    /// <param name="DecidedAt">When that was decided, UTC.</param>
    internal sealed record QuarantineView(
        Guid Id, SignalStream Stream, string Kind, string Area, DateTimeOffset At, double Value, double Neighbour, string Feed, DateTimeOffset ReceivedAt, QuarantineState State,
        DateTimeOffset? DecidedAt)
    {
        public static QuarantineView Of(QuarantinedValue value) => new(
            value.Id, value.Stream, value.Kind, value.Area, value.At, value.Value, value.Neighbour, value.Feed, value.ReceivedAt, value.State, value.DecidedAt);
    }
}
