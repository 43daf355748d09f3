using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Xml;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Cap;
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
            .WithExample(answer: WarningView.Example with { State = WarningState.Draft, IssuedAt = null })
            .Allow(Roles.HealthOfficer);
        features.MapPost("/warnings", CreateAsync)
            .WithName("DraftWarning").WithTags("Warnings").WithSummary("Drafts a warning that no alarm asked for.")
            .WithExample(WarningRequest.Example, WarningView.Example with { State = WarningState.Draft, IssuedAt = null, AlarmId = null })
            .Allow(Roles.HealthOfficer);
        features.MapPut("/warnings/{id:guid}", EditAsync)
            .WithName("EditWarning").WithTags("Warnings").WithSummary("Edits a draft; whoever edits it cannot approve it.")
            .WithExample(new WarningEdit(1, WarningRequest.Example), WarningView.Example with { State = WarningState.Draft, IssuedAt = null, Revision = 2 })
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> FromAlarmAsync(
        Guid id, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.AlarmId == id, cancellationToken) is { } before) return TypedResults.Ok(WarningView.Of(before));
        if (await db.Alarms.AsNoTracking().SingleOrDefaultAsync(alarm => alarm.Id == id, cancellationToken) is not { } alarm) return Refusal.NotFound("alarm_unknown");

        var now = clock.GetUtcNow();
        var (place, ort) = alarm.Area == Area.City ? (options.Value.CityName.En, options.Value.CityName.Zh) : ($"grid cell {alarm.Area}", $"网格 {alarm.Area}");
        var id7 = Guid.CreateVersion7(now);
        var warning = new Warning
        {
            Id = id7,
            ThreadId = id7,
            Hazard = options.Value.Hazards[0].Name,
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
        WarningRequest request, IdempotencyKey key, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = await db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.AuthorId == caller.Actor && warning.DraftKey == key.Value, cancellationToken);
        if (before is not null) return TypedResults.Ok(WarningView.Of(before));

        var now = clock.GetUtcNow();
        if (Check(request, options.Value, now) is { } refusal) return refusal;
        var id = Guid.CreateVersion7(now);
        var warning = request.Fill(new Warning
        {
            Id = id,
            ThreadId = id,
            EventId = request.EventId,
            IsExercise = request.Exercise,
            DraftKey = key.Value,
            AuthorId = caller.Actor,
            LastEditorId = caller.Actor,
            DraftedAt = now,
            Hazard = request.Hazard,
            ExpiresAt = request.ExpiresAt,
            En = request.En.ToTexts(),
            Zh = request.Zh.ToTexts(),
        });
        db.Add(warning);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> EditAsync(
        Guid id, WarningEdit request, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Warnings.SingleOrDefaultAsync(warning => warning.Id == id, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        if (warning.State != WarningState.Draft) return Refusal.Conflict("warning_not_draft");
        if (warning.Revision != request.Revision) return Refusal.Conflict("conflict_retry", "revision");
        if (Check(request.Warning, options.Value, clock.GetUtcNow()) is { } refusal) return refusal;
        // Who reads the thread reads about one matter; a drill stays one.
        if (warning.FollowsId is not null && warning.Hazard != request.Warning.Hazard) return Refusal.Invalid("hazard_changed", "warning.hazard", warning.Hazard);
        if (warning.IsExercise != request.Warning.Exercise) return Refusal.Invalid("exercise_changed", "warning.exercise");

        request.Warning.Fill(warning);
        (warning.LastEditorId, warning.Revision) = (caller.Actor, warning.Revision + 1);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    public static Refusal? Check(WarningRequest request, WarningOptions options, DateTimeOffset now)
    {
        if (request.Cell is not null && !GridCell.TryParse(request.Cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        for (var i = 0; i < request.Polygons?.Count; i++)
        {
            if (!CapPolygon.TryParse(request.Polygons[i], out _)) return Refusal.Invalid("polygon_invalid", $"polygons[{i}]");
        }

        if (options.HazardOf(request.Hazard) is null) return Refusal.Invalid("hazard_unknown", "hazard", string.Join(", ", options.Hazards.Select(hazard => hazard.Name)));
        if (CheckTexts(request.En, request.Zh) is { } refusal) return refusal;
        return CheckEnd(request.ExpiresAt, now);
    }

    public static Refusal? CheckEnd(DateTimeOffset expiresAt, DateTimeOffset now) =>
        expiresAt < now.AddMinutes(1) || expiresAt > now + LongestWarning ? Refusal.Invalid("expiry_invalid", "expiresAt", LongestWarning.TotalDays) : null;

    /// <summary>XML cannot hold every character that JSON can.</summary>
    public static Refusal? CheckTexts(WarningTextsView en, WarningTextsView zh) =>
        new[] { en.Headline, en.Description, en.Instruction, zh.Headline, zh.Description, zh.Instruction }.All(text => IsXml(text))
            ? null
            : Refusal.Invalid("character_invalid", "en");

    private static bool IsXml(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i])) i++;
            else if (!XmlConvert.IsXmlChar(text[i])) return false;
        }

        return true;
    }

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
/// <param name="Cell">The grid cell to warn; absent for the whole city, or for what the polygons mark.</param>
/// <param name="Hazard">What to warn of, one of those that the city has configured.</param>
/// <param name="Urgency">CAP 1.2 urgency.</param>
/// <param name="Certainty">CAP 1.2 certainty.</param>
/// <param name="Response">CAP 1.2 response type.</param>
/// <param name="Polygons">What to warn, each as CAP writes it: <c>latitude,longitude</c> separated by spaces, at least four, the last equal to the first.</param>
/// <param name="Exercise">True in a drill: CAP status Exercise.</param>
/// <param name="EventId">The event it belongs to.</param>
internal sealed record WarningRequest(
    Severity Severity, DateTimeOffset ExpiresAt, WarningTextsView En, WarningTextsView Zh, string? Cell = null, string Hazard = "infectious-disease",
    Urgency Urgency = Urgency.Expected, Certainty Certainty = Certainty.Likely, ResponseType Response = ResponseType.Monitor,
    [property: Length(0, 20)] IReadOnlyList<string>? Polygons = null, bool Exercise = false, Guid? EventId = null)
{
    /// <summary>For the OpenAPI document.</summary>
    public static WarningRequest Example { get; } = new(
        Severity.Severe, new DateTimeOffset(2026, 3, 27, 4, 0, 0, TimeSpan.Zero), WarningTextsView.ExampleEn, WarningTextsView.ExampleZh, "3123N12147E");

    /// <summary>Writes it into a draft.</summary>
    public Warning Fill(Warning draft)
    {
        (draft.Cell, draft.Polygons, draft.Hazard) = (Cell, [.. Polygons ?? []], Hazard);
        (draft.Severity, draft.Urgency, draft.Certainty, draft.Response) = (Severity, Urgency, Certainty, Response);
        (draft.En, draft.Zh, draft.ExpiresAt) = (En.ToTexts(), Zh.ToTexts(), ExpiresAt.ToUniversalTime());
        return draft;
    }
}

/// <summary>An edit of a draft.</summary>
/// <param name="Revision">The revision that was edited: if it is no longer the newest, the answer is <c>conflict_retry</c>.</param>
/// <param name="Warning">What it is to say.</param>
internal sealed record WarningEdit(int Revision, WarningRequest Warning);
