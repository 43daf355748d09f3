using SmartCity.Portal.Calls;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages;

/// <summary>The photographs of a report, for its author and for the department that has it.</summary>
internal static class ReportPhotos
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/reports/{id:guid}/photos/{photo:guid}", (Guid id, Guid photo, HttpContext context, City city, CancellationToken cancellationToken) =>
            city.CopyAsync($"/government-services/v1/me/reports/{id}/photos/{photo}", context.Response, cancellationToken)).ExcludeFromDescription().Allow(Roles.Citizen);
        app.MapGet("/department/reports/{id:guid}/photos/{photo:guid}", (Guid id, Guid photo, HttpContext context, City city, CancellationToken cancellationToken) =>
            city.CopyAsync($"/government-services/v1/department/reports/{id}/photos/{photo}", context.Response, cancellationToken)).ExcludeFromDescription().Allow(Roles.DepartmentOfficer);
    }
}
