using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>An officer drafts a warning, from an alarm or freely, and edits it until it is approved.</summary>
internal static class DraftWarning
{
    private static readonly TimeSpan LongestWarning = TimeSpan.FromDays(60);
    private static readonly TimeSpan UsualWarning = TimeSpan.FromDays(7);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/alarms/{id:guid}/warning", FromAlarmAsync)
            .WithName("DraftWarningFromAlarm").WithTags("Warnings").WithSummary("Drafts the warning of an alarm, with texts to start from; asked again, gives the same draft.")
            .Allow(Roles.HealthOfficer);
        features.MapPost("/warnings", CreateAsync)
            .WithName("DraftWarning").WithTags("Warnings").WithSummary("Drafts a warning that no alarm asked for.")
            .Allow(Roles.HealthOfficer);
        features.MapPut("/warnings/{id:guid}", EditAsync)
            .WithName("EditWarning").WithTags("Warnings").WithSummary("Edits a draft; whoever edits it cannot approve it.")
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> FromAlarmAsync(
        Guid id, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.AlarmId == id, cancellationToken) is { } before) return TypedResults.Ok(WarningView.Of(before));
        if (await db.Alarms.AsNoTracking().SingleOrDefaultAsync(alarm => alarm.Id == id, cancellationToken) is not { } alarm) return Refusal.NotFound("alarm_unknown");

        var now = clock.GetUtcNow();
        var (place, ort) = alarm.Area == Area.City ? (options.Value.CityName.En, options.Value.CityName.Zh) : ($"grid cell {alarm.Area}", $"网格 {alarm.Area}");
        var warning = new Warning
        {
            Id = Guid.CreateVersion7(now),
            AlarmId = alarm.Id,
            AuthorId = caller.Actor,
            LastEditorId = caller.Actor,
            DraftedAt = now,
            Cell = Area.Cell(alarm.Area),
            Severity = Severity.Moderate,
            ExpiresAt = now + UsualWarning,
            En = new WarningTexts(
                $"More infections than usual in {place}",
                string.Create(CultureInfo.InvariantCulture, $"On {alarm.Day:yyyy-MM-dd}, {alarm.Observed} were counted ({alarm.Stream}); up to {Math.Floor(alarm.UpperBound)} would have been ordinary."),
                "Avoid crowds, wear a mask indoors, and have yourself tested if you have symptoms."),
            Zh = new WarningTexts(
                $"{ort}感染情况高于平常",
                string.Create(CultureInfo.InvariantCulture, $"{alarm.Day:yyyy-MM-dd} 监测到 {alarm.Observed} 例（{StreamInChinese(alarm.Stream)}），正常上限为 {Math.Floor(alarm.UpperBound)}。"),
                "请避免聚集，在室内佩戴口罩；如有症状请及时检测。"),
        };
        db.Add(warning);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> CreateAsync(
        WarningRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.AuthorId == caller.Actor && warning.DraftKey == key.Value, cancellationToken);
        if (before is not null) return TypedResults.Ok(WarningView.Of(before));

        var now = clock.GetUtcNow();
        if (Check(request, now) is { } refusal) return refusal;
        var warning = new Warning
        {
            Id = Guid.CreateVersion7(now),
            DraftKey = key.Value,
            AuthorId = caller.Actor,
            LastEditorId = caller.Actor,
            DraftedAt = now,
            Cell = request.Cell,
            Severity = request.Severity,
            ExpiresAt = request.ExpiresAt.ToUniversalTime(),
            En = request.En.ToTexts(),
            Zh = request.Zh.ToTexts(),
        };
        db.Add(warning);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> EditAsync(
        Guid id, WarningEdit request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Warnings.SingleOrDefaultAsync(warning => warning.Id == id, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        if (warning.State != WarningState.Draft) return Refusal.Conflict("warning_not_draft");
        if (warning.Revision != request.Revision) return Refusal.Conflict("conflict_retry", "revision");
        if (Check(request.Warning, clock.GetUtcNow()) is { } refusal) return refusal;

        (warning.Cell, warning.Severity, warning.ExpiresAt) = (request.Warning.Cell, request.Warning.Severity, request.Warning.ExpiresAt.ToUniversalTime());
        (warning.En, warning.Zh) = (request.Warning.En.ToTexts(), request.Warning.Zh.ToTexts());
        (warning.LastEditorId, warning.Revision) = (caller.Actor, warning.Revision + 1);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private static Refusal? Check(WarningRequest request, DateTimeOffset now) =>
        request.Cell is not null && !GridCell.TryParse(request.Cell, out _) ? Refusal.Invalid("cell_invalid", "cell")
        : request.ExpiresAt <= now || request.ExpiresAt > now + LongestWarning ? Refusal.Invalid("expiry_invalid", "expiresAt", LongestWarning.TotalDays)
        : null;

    private static string StreamInChinese(SignalStream stream) => stream switch
    {
        SignalStream.Cases => "确诊病例",
        SignalStream.Exposures => "密切接触",
        SignalStream.Visits => "到访人次",
        SignalStream.Reports => "市民诉求",
        _ => stream.ToString(),
    };
}

/// <summary>What a warning says.</summary>
/// <param name="Severity">CAP 1.2 severity.</param>
/// <param name="ExpiresAt">When it ends, at most 60 days from now.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Cell">The grid cell to warn; absent for the whole city.</param>
internal sealed record WarningRequest(Severity Severity, DateTimeOffset ExpiresAt, WarningTextsView En, WarningTextsView Zh, string? Cell = null);

/// <summary>An edit of a draft.</summary>
/// <param name="Revision">The revision that was edited: if it is no longer the newest, the answer is <c>conflict_retry</c>.</param>
/// <param name="Warning">What it is to say.</param>
internal sealed record WarningEdit(int Revision, WarningRequest Warning);
