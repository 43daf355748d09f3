namespace SmartCity.Portal.Pages.Department;

/// <summary>A warning, as early warning answers it.</summary>
public sealed record WarningView(
    Guid WarningId, string State, string? Cell, string Severity, WarningTexts En, WarningTexts Zh, int Revision, DateTimeOffset ExpiresAt, DateTimeOffset? IssuedAt, DateTimeOffset? CancelledAt,
    string Kind, Guid ThreadId, Guid? Follows, string Hazard, IReadOnlyList<string> Polygons, string Urgency, string Certainty, string Response, bool Exercise, Guid? EventId, Guid? AlarmId)
{
    public WarningTexts Texts => Web.Preferences.IsChinese ? Zh : En;
}

/// <summary>What a warning says in one language.</summary>
public sealed record WarningTexts(string Headline, string Description, string Instruction);
