using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>An outbreak that is known no longer says what is ordinary, or the next one would hide behind it; it is shown and judged all the same.</summary>
internal static class RecordOutbreak
{
    private const int MostDays = 731;

    private static readonly OutbreakView Example = new(
        Guid.Parse("019d0a3e-7c00-7000-8000-000000000006"), SignalStream.Cases, null, new DateOnly(2026, 1, 10), new DateOnly(2026, 2, 20), "Influenza season", false);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/outbreaks", RecordAsync)
            .WithName("RecordOutbreak").WithTags("Rules").WithSummary("Records a known outbreak: its days leave the baseline of its area and of all areas in it.")
            .WithExample(new OutbreakRequest(SignalStream.Cases, new DateOnly(2026, 1, 10), new DateOnly(2026, 2, 20), "Influenza season"), Example)
            .Allow(Roles.HealthOfficer);
        features.MapPost("/outbreaks/{id:guid}/withdrawal", WithdrawAsync)
            .WithName("WithdrawOutbreak").WithTags("Rules").WithSummary("Takes a record back; what was judged with it can still be recomputed.")
            .WithExample(answer: Example with { IsWithdrawn = true })
            .Allow(Roles.HealthOfficer);
        features.MapGet("/outbreaks", ListAsync)
            .WithName("ListOutbreaks").WithTags("Rules").WithSummary("Known outbreaks, the newest record first.")
            .WithExample(answer: new Page<OutbreakView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<OutbreakView>, Refusal>> RecordAsync(
        OutbreakRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, Grids grids, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Outbreaks.AsNoTracking().SingleOrDefaultAsync(outbreak => outbreak.Id == key.Value, cancellationToken) is { } before) return TypedResults.Ok(OutbreakView.Of(before));
        var area = request.Area ?? Area.City;
        if ((await grids.CurrentAsync(cancellationToken)).LevelOf(area) is null) return Refusal.Invalid("cell_invalid", "area");
        if (request.From > request.Until || request.Until.DayNumber - request.From.DayNumber >= MostDays) return Refusal.Invalid("period_invalid", "from", MostDays);
        var outbreak = new KnownOutbreak
        {
            Id = key.Value, Stream = request.Stream, Area = area, From = request.From, Until = request.Until, Note = request.Note, RecordedBy = caller.Actor, RecordedAt = clock.GetUtcNow(),
        };
        db.Add(outbreak);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(OutbreakView.Of(outbreak));
    }

    private static async Task<Results<Ok<OutbreakView>, Refusal>> WithdrawAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (await db.Outbreaks.SingleOrDefaultAsync(outbreak => outbreak.Id == id, cancellationToken) is not { } outbreak) return Refusal.NotFound("outbreak_unknown");
        outbreak.IsWithdrawn = true;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(OutbreakView.Of(outbreak));
    }

    private static async Task<Results<Ok<Page<OutbreakView>>, Refusal>> ListAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var outbreaks = await db.Outbreaks.AsNoTracking().Where(outbreak => after == null || outbreak.Id < after)
            .OrderByDescending(outbreak => outbreak.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<OutbreakView>.From([.. outbreaks.Select(OutbreakView.Of)], page.Take, outbreak => outbreak.OutbreakId.ToString()));
    }

    /// <param name="Stream">The stream that it is seen in.</param>
    /// <param name="From">Its first day.</param>
    /// <param name="Until">Its last day, included; at most 731 days.</param>
    /// <param name="Note">What it was.</param>
    /// <param name="Area">Where; absent for the whole city.</param>
    internal sealed record OutbreakRequest(SignalStream Stream, DateOnly From, DateOnly Until, [StringLength(200, MinimumLength = 1)] string Note, [StringLength(40)] string? Area = null);

    /// <param name="OutbreakId">The record.</param>
    /// <param name="Stream">The stream that it is seen in.</param>
    /// <param name="Area">Where; absent for the whole city.</param>
    /// <param name="From">Its first day.</param>
    /// <param name="Until">Its last day, included.</param>
    /// <param name="Note">What it was.</param>
    /// <param name="IsWithdrawn">Whether the record was taken back.</param>
    internal sealed record OutbreakView(Guid OutbreakId, SignalStream Stream, string? Area, DateOnly From, DateOnly Until, string Note, bool IsWithdrawn)
    {
        public static OutbreakView Of(KnownOutbreak outbreak) => new(
            outbreak.Id, outbreak.Stream, Domain.Area.Cell(outbreak.Area), outbreak.From, outbreak.Until, outbreak.Note, outbreak.IsWithdrawn);
    }
}
