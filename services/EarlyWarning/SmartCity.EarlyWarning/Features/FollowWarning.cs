using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>An officer drafts what follows a public warning: an update, milder or more severe, or the all clear. It goes the same way through two people.</summary>
internal static class FollowWarning
{
    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/warnings/{id:guid}/updates", UpdateAsync)
            .WithName("DraftWarningUpdate").WithTags("Warnings").WithSummary("Drafts an update of a public warning; once issued it takes the warning's place.")
            .WithExample(WarningRequest.Example with { Severity = Severity.Extreme }, Draft(WarningKind.Update))
            .Allow(Roles.HealthOfficer);
        features.MapPost("/warnings/{id:guid}/all-clear", AllClearAsync)
            .WithName("DraftAllClear").WithTags("Warnings").WithSummary("Drafts the all clear of a public warning.")
            .WithExample(new AllClearRequest(WarningTextsView.ExampleEn with { Headline = "No more infections than usual" }, WarningTextsView.ExampleZh with { Headline = "感染情况已恢复正常" }), Draft(WarningKind.AllClear))
            .Allow(Roles.HealthOfficer);
    }

    private static WarningView Draft(WarningKind kind) => WarningView.Example with
    {
        State = WarningState.Draft, IssuedAt = null, Kind = kind, WarningId = Guid.Parse("019b0000-0000-7000-8000-000000000003"), Follows = WarningView.Example.WarningId, AlarmId = null,
    };

    private static async Task<Results<Ok<WarningView>, Refusal>> UpdateAsync(
        Guid id, WarningRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await DraftedBeforeAsync(key, caller, db, cancellationToken) is { } before) return TypedResults.Ok(before);
        if (DraftWarning.Check(request, options.Value, now) is { } refusal) return refusal;
        if (await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.Id == id && warning.IssuedAt != null, cancellationToken) is not { } earlier) return Refusal.NotFound("warning_unknown");
        if (earlier.State != WarningState.Issued) return Refusal.Conflict("warning_superseded");
        if (request.Hazard != earlier.Hazard) return Refusal.Invalid("hazard_changed", "hazard", earlier.Hazard);
        return await SaveAsync(request.Fill(Following(earlier, WarningKind.Update, key, caller, now)), db, cancellationToken);
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> AllClearAsync(
        Guid id, AllClearRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await DraftedBeforeAsync(key, caller, db, cancellationToken) is { } before) return TypedResults.Ok(before);
        if (DraftWarning.CheckTexts(request.En, request.Zh) is { } refusal) return refusal;
        if (await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.Id == id && warning.IssuedAt != null, cancellationToken) is not { } earlier) return Refusal.NotFound("warning_unknown");
        if (earlier.State != WarningState.Issued || earlier.Kind == WarningKind.AllClear) return Refusal.Conflict("warning_superseded");

        var draft = Following(earlier, WarningKind.AllClear, key, caller, now);
        (draft.Cell, draft.Polygons, draft.Severity) = (earlier.Cell, earlier.Polygons, Severity.Minor);
        (draft.Urgency, draft.Certainty, draft.Response) = (Urgency.Past, Certainty.Observed, ResponseType.AllClear);
        (draft.En, draft.Zh) = (request.En.ToTexts(), request.Zh.ToTexts());
        // Whoever still sees the warning must be able to see its end: at least as long as the warning would have stood, and a day.
        draft.ExpiresAt = earlier.ExpiresAt > now.AddDays(1) ? earlier.ExpiresAt : now.AddDays(1);
        return await SaveAsync(draft, db, cancellationToken);
    }

    private static async Task<WarningView?> DraftedBeforeAsync(IdempotencyKey key, Caller caller, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.AuthorId == caller.Actor && warning.DraftKey == key.Value, cancellationToken) is { } before ? WarningView.Of(before) : null;

    private static Warning Following(Warning earlier, WarningKind kind, IdempotencyKey key, Caller caller, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Kind = kind, ThreadId = earlier.ThreadId, FollowsId = earlier.Id, EventId = earlier.EventId, IsExercise = earlier.IsExercise,
        DraftKey = key.Value, AuthorId = caller.Actor, LastEditorId = caller.Actor, DraftedAt = now,
        Hazard = earlier.Hazard, ExpiresAt = earlier.ExpiresAt, En = earlier.En, Zh = earlier.Zh,
    };

    private static async Task<Ok<WarningView>> SaveAsync(Warning draft, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        db.Add(draft);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(draft));
    }

    /// <summary>Why the matter is over.</summary>
    /// <param name="En">In English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    internal sealed record AllClearRequest(WarningTextsView En, WarningTextsView Zh);
}
