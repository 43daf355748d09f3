using SmartCity.Portal.Calls;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages.Department;

/// <summary>Hands an officer the file that an applicant brought. It is saved, never shown as a page of the city's.</summary>
internal static class Materials
{
    public static void Map(WebApplication app) => app.MapGet("/department/steps/{id:guid}/materials/{key}", (Guid id, string key, HttpContext context, City city, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.ContentDisposition = "attachment";
            return city.CopyAsync($"/government-services/v1/department/steps/{id}/materials/{Uri.EscapeDataString(key)}", context.Response, cancellationToken);
        })
        .ExcludeFromDescription().Allow(Roles.DepartmentOfficer);
}
