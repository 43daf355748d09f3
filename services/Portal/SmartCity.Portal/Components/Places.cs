using SmartCity.Portal.Session;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Components;

/// <summary>The way around the portal: what the bar at the foot (beside the page on wide windows) leads to.</summary>
/// <param name="Path">Where it leads, and the beginning of all paths that belong to it.</param>
/// <param name="Text">Key of its name.</param>
/// <param name="Icon">Its picture, see <c>wwwroot/icons.svg</c>.</param>
/// <param name="Roles">For whom it is; nobody in particular for everyone.</param>
internal sealed record Places(string Path, string Text, string Icon, params string[] Roles)
{
    private static readonly Places[] All =
    [
        new("/", "nav_home", "home"),
        new("/code", "nav_code", "qr", ServiceDefaults.Roles.Citizen),
        new("/scan", "nav_scan", "scan", ServiceDefaults.Roles.Citizen),
        new("/services", "nav_services", "form", ServiceDefaults.Roles.Citizen),
        new("/me", "nav_me", "person", ServiceDefaults.Roles.Citizen),
        new("/venue", "nav_venue", "shop", ServiceDefaults.Roles.VenueOperator),
        new("/cockpit", "nav_cockpit", "chart", ServiceDefaults.Roles.HealthOfficer, ServiceDefaults.Roles.DepartmentOfficer, ServiceDefaults.Roles.Approver, ServiceDefaults.Roles.Auditor),
        new("/department", "nav_department", "task", ServiceDefaults.Roles.HealthOfficer, ServiceDefaults.Roles.DepartmentOfficer, ServiceDefaults.Roles.Approver, ServiceDefaults.Roles.Auditor),
        new("/counter", "nav_counter", "people", ServiceDefaults.Roles.CounterStaff, ServiceDefaults.Roles.GridWorker),
        new("/laboratory", "nav_laboratory", "form", ServiceDefaults.Roles.Laboratory),
    ];

    public static IEnumerable<Places> For(SignedIn person) => All.Where(place => place.Roles.Length == 0 || person.Is(place.Roles));

    public bool Covers(string path) => Path == "/" ? path == "/" : path == Path || path.StartsWith($"{Path}/", StringComparison.Ordinal);
}
