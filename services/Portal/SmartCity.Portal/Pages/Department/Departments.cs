using SmartCity.Portal.Components;
using SmartCity.Portal.Web;

namespace SmartCity.Portal.Pages.Department;

/// <summary>The departments that work may be handed to.</summary>
internal static class Departments
{
    private static readonly string[] All = ["health-commission", "public-security", "government-services", "emergency-management"];

    public static IReadOnlyList<Field.Choice> Choices(Texts texts, string? but = null) =>
        [.. All.Where(department => department != but).Select(department => new Field.Choice(department, texts.Word("department", department)))];
}
