using SmartCity.Portal.Web;

namespace SmartCity.Portal.Pages.Department;

/// <summary>What an officer writes into a warning. CAP's own words keep their names; who fills in the form sees them translated.</summary>
public sealed class WarningForm
{
    public static readonly string[] Severities = ["extreme", "severe", "moderate", "minor"];
    public static readonly string[] Urgencies = ["immediate", "expected", "future"];
    public static readonly string[] Certainties = ["observed", "likely", "possible", "unlikely"];
    public static readonly string[] Responses = ["shelter", "evacuate", "prepare", "execute", "avoid", "monitor", "assess"];

    public string? Hazard { get; set; }

    public string? Cell { get; set; }

    public string? Severity { get; set; }

    public string? Urgency { get; set; }

    public string? Certainty { get; set; }

    public string? Response { get; set; }

    public string? ExpiresAt { get; set; }

    public string? HeadlineZh { get; set; }

    public string? DescriptionZh { get; set; }

    public string? InstructionZh { get; set; }

    public string? HeadlineEn { get; set; }

    public string? DescriptionEn { get; set; }

    public string? InstructionEn { get; set; }

    public static WarningForm Of(WarningView warning) => new()
    {
        Hazard = warning.Hazard, Cell = warning.Cell, Severity = warning.Severity, Urgency = warning.Urgency, Certainty = warning.Certainty, Response = warning.Response,
        ExpiresAt = LocalTime.ForField(warning.ExpiresAt), HeadlineZh = warning.Zh.Headline, DescriptionZh = warning.Zh.Description, InstructionZh = warning.Zh.Instruction,
        HeadlineEn = warning.En.Headline, DescriptionEn = warning.En.Description, InstructionEn = warning.En.Instruction,
    };

    /// <summary>As early warning takes it. What an officer cannot write here, such as polygons, stays as it was.</summary>
    public object ToRequest(WarningView? before, bool exercise) => new
    {
        severity = Severity, expiresAt = LocalTime.FromField(ExpiresAt), en = new WarningTexts(Text(HeadlineEn), Text(DescriptionEn), Text(InstructionEn)), zh = new WarningTexts(Text(HeadlineZh), Text(DescriptionZh), Text(InstructionZh)),
        cell = string.IsNullOrWhiteSpace(Cell) ? null : Cell.Trim(), hazard = Hazard, urgency = Urgency, certainty = Certainty, response = Response, polygons = before?.Polygons ?? [], exercise, eventId = before?.EventId,
    };

    private static string Text(string? written) => written?.Trim() ?? "";
}
