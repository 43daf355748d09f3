namespace SmartCity.Portal.Pages.Department;

/// <summary>A citizen's report in short, as its department sees it.</summary>
public sealed record ReportView(Guid Id, string Category, string CategoryName, string State, DateTimeOffset ReceivedAt, string? Cell, DateTimeOffset? AnsweredAt);

/// <summary>A report that was opened; its author sees that it was.</summary>
public sealed record OpenedReport(ReportView Report, string Text, OpenedReport.Place? Position, string? Answer)
{
    public sealed record Place(double Latitude, double Longitude);
}
