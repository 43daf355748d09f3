using System.ComponentModel.DataAnnotations;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A warning as officers and, once issued, everybody sees it.</summary>
/// <param name="WarningId">The warning.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Cell">The grid cell that is warned; absent for the whole city or what the polygons mark.</param>
/// <param name="Severity">CAP 1.2 severity.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Revision">Grows with every edit of the draft.</param>
/// <param name="ExpiresAt">When it ends unless cancelled, not included, UTC.</param>
/// <param name="IssuedAt">When it became public, UTC.</param>
/// <param name="CancelledAt">When it was taken back, UTC.</param>
/// <param name="Kind">The first about its matter, an update, or the all clear.</param>
/// <param name="ThreadId">The first warning about the matter.</param>
/// <param name="Follows">The warning whose place it takes; absent for the first.</param>
/// <param name="Hazard">What it warns of.</param>
/// <param name="Polygons">What is warned, as CAP writes polygons.</param>
/// <param name="Urgency">CAP 1.2 urgency.</param>
/// <param name="Certainty">CAP 1.2 certainty.</param>
/// <param name="Response">CAP 1.2 response type.</param>
/// <param name="Exercise">True in a drill.</param>
/// <param name="EventId">The event it belongs to.</param>
/// <param name="AlarmId">The alarm it was drafted from.</param>
internal sealed record WarningView(
    Guid WarningId, WarningState State, string? Cell, Severity Severity, WarningTextsView En, WarningTextsView Zh, int Revision, DateTimeOffset ExpiresAt,
    DateTimeOffset? IssuedAt, DateTimeOffset? CancelledAt, WarningKind Kind, Guid ThreadId, Guid? Follows, string Hazard, IReadOnlyList<string> Polygons,
    Urgency Urgency, Certainty Certainty, ResponseType Response, bool Exercise, Guid? EventId, Guid? AlarmId)
{
    /// <summary>For the OpenAPI document.</summary>
    public static WarningView Example { get; } = new(
        Guid.Parse("019b0000-0000-7000-8000-000000000001"), WarningState.Issued, "3123N12147E", Severity.Severe, WarningTextsView.ExampleEn, WarningTextsView.ExampleZh, 1,
        new DateTimeOffset(2026, 3, 27, 4, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), null, WarningKind.Alert,
        Guid.Parse("019b0000-0000-7000-8000-000000000001"), null, "infectious-disease", [], Urgency.Expected, Certainty.Likely, ResponseType.Monitor, false, null,
        Guid.Parse("019b0000-0000-7000-8000-000000000002"));

    public static WarningView Of(Warning warning) => new(
        warning.Id, warning.State, warning.Cell, warning.Severity, WarningTextsView.Of(warning.En), WarningTextsView.Of(warning.Zh), warning.Revision,
        warning.ExpiresAt, warning.IssuedAt, warning.CancelledAt, warning.Kind, warning.ThreadId, warning.FollowsId, warning.Hazard, warning.Polygons,
        warning.Urgency, warning.Certainty, warning.Response, warning.IsExercise, warning.EventId, warning.AlarmId);
}

/// <param name="Headline">One line.</param>
/// <param name="Description">What is known.</param>
/// <param name="Instruction">What to do.</param>
internal sealed record WarningTextsView(
    [property: Required, StringLength(160, MinimumLength = 1)] string Headline,
    [property: Required, StringLength(4000, MinimumLength = 1)] string Description,
    [property: Required, StringLength(4000, MinimumLength = 1)] string Instruction)
{
    /// <summary>For the OpenAPI document.</summary>
    public static WarningTextsView ExampleEn { get; } = new("More infections than usual in grid cell 3123N12147E", "Six cases on one day; two would have been ordinary.", "Wear a mask indoors; have yourself tested if you have symptoms.");

    /// <summary>For the OpenAPI document.</summary>
    public static WarningTextsView ExampleZh { get; } = new("网格 3123N12147E 感染情况高于平常", "一日内监测到 6 例，正常上限为 2 例。", "请在室内佩戴口罩；如有症状请及时检测。");

    public static WarningTextsView Of(WarningTexts texts) => new(texts.Headline, texts.Description, texts.Instruction);

    public WarningTexts ToTexts() => new(Headline, Description, Instruction);
}
