using System.Text.Json;

namespace SmartCity.Portal.Pages.Department;

/// <summary>A step of an application in short, as government services answer it.</summary>
public sealed record StepView(
    Guid Id, Guid ApplicationId, string Service, string ServiceName, string Step, string StepName, DateTimeOffset OpenedAt, DateTimeOffset ApplicationDueAt, bool Overdue, DateTimeOffset? DueAt,
    string? EscalatedFrom, string? Claimed, string? Outcome);

/// <summary>A step as an officer works on it.</summary>
public sealed record OpenedStep(StepView Step, IReadOnlyList<OpenedStep.Field> Fields, IReadOnlyDictionary<string, OpenedStep.Material> Materials, IReadOnlyList<OpenedStep.Opinion> Opinions)
{
    public sealed record Field(string Key, string Name, JsonElement Value, bool FromCity)
    {
        public string Text => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : Value.GetRawText();
    }

    public sealed record Material(string By, Guid? AttachmentId, string? Certificate);

    public sealed record Opinion(string Step, string DepartmentName, string Outcome, DateTimeOffset FinishedAt, string? Remark);
}
