using SmartCity.Portal.Session;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages;

/// <summary>What the first page offers, by role.</summary>
internal sealed record Tile(string Path, string Text, string Icon, params string[] Roles)
{
    private static readonly Tile[] All =
    [
        new("/code", "tile_code", "qr", ServiceDefaults.Roles.Citizen),
        new("/scan", "tile_scan", "scan", ServiceDefaults.Roles.Citizen),
        new("/services", "tile_services", "form", ServiceDefaults.Roles.Citizen),
        new("/me", "tile_me", "person", ServiceDefaults.Roles.Citizen),
        new("/venue", "tile_venue", "shop", ServiceDefaults.Roles.VenueOperator),
        new("/warnings", "tile_warnings", "bell"),
        new("/bulletins", "tile_bulletins", "news"),
        new("/cockpit", "nav_cockpit", "chart", ServiceDefaults.Roles.HealthOfficer, ServiceDefaults.Roles.DepartmentOfficer, ServiceDefaults.Roles.Approver, ServiceDefaults.Roles.Auditor),
        new("/department", "nav_department", "task", ServiceDefaults.Roles.HealthOfficer, ServiceDefaults.Roles.DepartmentOfficer, ServiceDefaults.Roles.Approver, ServiceDefaults.Roles.Auditor),
        new("/counter", "nav_counter", "people", ServiceDefaults.Roles.CounterStaff, ServiceDefaults.Roles.GridWorker),
        new("/laboratory", "nav_laboratory", "form", ServiceDefaults.Roles.Laboratory),
    ];

    public static IEnumerable<Tile> For(SignedIn person) => All.Where(tile => tile.Roles.Length == 0 || person.Is(tile.Roles));
}
