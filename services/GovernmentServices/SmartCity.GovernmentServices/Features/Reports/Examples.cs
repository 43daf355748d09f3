using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>What the OpenAPI document shows, shared by the operations of reports.</summary>
internal static class Examples
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly Guid Id = Guid.Parse("01954c2a-8e33-7b14-a2d4-66f3ba8c2e71");

    public static readonly FileReportRequest File = new("supplies", "三号楼两天没有蔬菜供应。 No vegetables at building 3 for two days.", new Position(31.2304, 121.4737));

    public static readonly AnswerReportRequest Answer = new("今天下午已送达。 Delivered this afternoon.");

    public static readonly MyReportSummary Summary = new(
        Id, "supplies", "Daily supplies", "emergency-management", "Emergency Management Bureau", ReportState.Answered, At, At.AddHours(5));

    public static readonly MyReport Mine = new(
        Summary, File.Text, [new ReportReadingView("emergency-management", "Emergency Management Bureau", At.AddHours(1))], File.Position, Answer.Text);

    public static readonly DepartmentReportSummary Queued = new(Id, "supplies", "Daily supplies", ReportState.Waiting, At, "3123N12147E");

    public static readonly DepartmentReport Opened = new(Queued, File.Text, File.Position);

    public static readonly ReportCategoryView Category = new(
        "supplies", "Daily supplies", new LocalText("生活物资保障", "Daily supplies"), "emergency-management", "Emergency Management Bureau");
}
