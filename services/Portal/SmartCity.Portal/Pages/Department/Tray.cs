using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages.Department;

/// <summary>One kind of work on an officer's desk.</summary>
/// <param name="Path">Its page.</param>
/// <param name="Text">Key of its name.</param>
/// <param name="Icon">Its picture.</param>
/// <param name="Source">The list whose length is told; null where none is.</param>
/// <param name="Roles">Whose work it is.</param>
internal sealed record Tray(string Path, string Text, string Icon, string? Source, params string[] Roles)
{
    private const string Officer = ServiceDefaults.Roles.DepartmentOfficer;
    private const string Health = ServiceDefaults.Roles.HealthOfficer;
    private const string Second = ServiceDefaults.Roles.Approver;
    private const string Watcher = ServiceDefaults.Roles.Auditor;

    public static IReadOnlyList<Tray> All { get; } =
    [
        new("/department/steps", "tray_steps", "form", "/government-services/v1/department/steps", Officer),
        new("/department/tasks", "tray_tasks", "task", "/early-warning/v1/tasks?open=true", Officer, Health, Second, Watcher),
        new("/department/reports", "tray_reports", "flag", "/government-services/v1/department/reports?state=waiting", Officer),
        new("/department/rectifications", "tray_rectifications", "phone", "/government-services/v1/department/rectifications?state=open", Officer),
        new("/department/bulletins", "tray_bulletins", "news", null, Officer),
        new("/department/warnings", "tray_warnings", "bell", "/early-warning/v1/warnings/drafts", Health, Second, Watcher),
        new("/department/events", "tray_events", "alert", "/early-warning/v1/events?state=new", Officer, Health, Second, Watcher),
        new("/department/traces", "tray_traces", "people", "/place-registration/v1/traces", Health, Second),
        new("/department/places", "tray_places", "shop", "/place-registration/v1/places/pending", Health),
        new("/department/appeals", "tray_appeals", "scale", "/health-code/v1/appeals", Health, Second),
        new("/department/orders", "tray_orders", "badge", null, Health, Second, Watcher),
        new("/department/policies", "tray_policies", "shield", null, Health, Second, Watcher),
        new("/department/areas", "tray_areas", "pin", "/health-code/v1/area-risks", Health, Second),
    ];

    public string? Waiting { get; init; }
}
