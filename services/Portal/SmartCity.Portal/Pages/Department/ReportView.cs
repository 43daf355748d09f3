namespace SmartCity.Portal.Pages.Department;

/// <summary>A citizen's report in short, as its department sees it.</summary>
public sealed record ReportView(Guid Id, string Category, string CategoryName, string State, DateTimeOffset ReceivedAt, int Handling, DateTimeOffset DueAt, string? Cell = null, DateTimeOffset? AnsweredAt = null);

/// <summary>A report that was opened; its author sees that it was.</summary>
public sealed record OpenedReport(
    ReportView Report, string Text, IReadOnlyList<OpenedReport.Entry> History, IReadOnlyList<OpenedReport.Photo> Photos, OpenedReport.Place? Position = null, string? Answer = null, string? CallBack = null)
{
    public sealed record Entry(int Number, DateTimeOffset At, string Text, string? Words = null);

    public sealed record Photo(Guid Id, bool Released);

    public sealed record Place(double Latitude, double Longitude);
}
