using System.Globalization;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>Everybody sees what can be reported, and who answers for it.</summary>
internal static class ListReportCategories
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/report-categories", Handle)
        .WithName("ListReportCategories")
        .WithTags("Reports")
        .WithSummary("The categories of reports and the departments that answer for them; the list is short and has one page.")
        .AllowEveryone()
        .WithExample(answer: new Page<ReportCategoryView>([new ReportCategoryView("traffic", "交通出行", new LocalText("交通出行", "Traffic and transport"), "public-security", "公安局")]));

    private static PublicAnswer<Page<ReportCategoryView>> Handle(CityDirectory directory) => new(
        new Page<ReportCategoryView>(
            [
                .. directory.ReportCategories.Select(entry => new ReportCategoryView(
                    entry.Key, entry.Value.Name.In(CultureInfo.CurrentUICulture), entry.Value.Name,
                    entry.Value.Department, directory.NameOfDepartment(entry.Value.Department))),
            ],
            Next: null),
        MaxAge);
}

/// <summary>A category of reports.</summary>
/// <param name="Category">What a report names.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Names">In both languages.</param>
/// <param name="Department">Who answers for it.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
public sealed record ReportCategoryView(string Category, string Name, LocalText Names, string Department, string DepartmentName);
