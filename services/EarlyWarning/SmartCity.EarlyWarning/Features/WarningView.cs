using System.ComponentModel.DataAnnotations;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A warning as officers and, once issued, everybody sees it.</summary>
/// <param name="WarningId">The warning.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Cell">The grid cell that is warned; absent for the whole city.</param>
/// <param name="Severity">CAP 1.2 severity.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Revision">Grows with every edit of the draft.</param>
/// <param name="ExpiresAt">When it ends unless cancelled, not included, UTC.</param>
/// <param name="IssuedAt">When it became public, UTC.</param>
/// <param name="CancelledAt">When it was taken back, UTC.</param>
internal sealed record WarningView(
    Guid WarningId, WarningState State, string? Cell, Severity Severity, WarningTextsView En, WarningTextsView Zh, int Revision, DateTimeOffset ExpiresAt,
    DateTimeOffset? IssuedAt, DateTimeOffset? CancelledAt)
{
    public static WarningView Of(Warning warning) => new(
        warning.Id, warning.State, warning.Cell, warning.Severity, WarningTextsView.Of(warning.En), WarningTextsView.Of(warning.Zh), warning.Revision,
        warning.ExpiresAt, warning.IssuedAt, warning.CancelledAt);
}

/// <param name="Headline">One line.</param>
/// <param name="Description">What is known.</param>
/// <param name="Instruction">What to do.</param>
internal sealed record WarningTextsView(
    [property: Required, StringLength(160, MinimumLength = 1)] string Headline,
    [property: Required, StringLength(4000, MinimumLength = 1)] string Description,
    [property: Required, StringLength(4000, MinimumLength = 1)] string Instruction)
{
    public static WarningTextsView Of(WarningTexts texts) => new(texts.Headline, texts.Description, texts.Instruction);

    public WarningTexts ToTexts() => new(Headline, Description, Instruction);
}
