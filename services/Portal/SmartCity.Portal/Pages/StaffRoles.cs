using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages;

/// <summary>Who may see the pages of the staff. The services check it again for every question.</summary>
internal static class StaffRoles
{
    /// <summary>Who looks at the city as a whole.</summary>
    public const string Cockpit = $"{Roles.HealthOfficer},{Roles.DepartmentOfficer},{Roles.Approver},{Roles.Auditor}";

    /// <summary>Who decides in pairs.</summary>
    public const string Pairs = $"{Roles.HealthOfficer},{Roles.Approver}";

    /// <summary>Pairs, and who watches them.</summary>
    public const string WatchedPairs = $"{Pairs},{Roles.Auditor}";

    /// <summary>Who helps people that have no phone, or cannot use one.</summary>
    public const string Helpers = $"{Roles.CounterStaff},{Roles.GridWorker}";
}
