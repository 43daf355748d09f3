namespace SmartCity.ServiceDefaults;

/// <summary>Who people are to the city: values of the token's <c>role</c> claim. One person may hold several.</summary>
public static class Roles
{
    /// <summary>A person, on their own matters.</summary>
    public const string Citizen = "citizen";

    /// <summary>Acts for a person who consented: family, grid worker, counter or hotline staff. The token's subject is the person, its actor the proxy.</summary>
    public const string Proxy = "proxy";

    /// <summary>Runs a venue, vehicle or checkpoint.</summary>
    public const string VenueOperator = "venue-operator";

    /// <summary>Visits the households of grid cells: registers people at the door, and acts for them with a consent it witnessed.</summary>
    public const string GridWorker = "grid-worker";

    /// <summary>Serves people at a counter or on the hotline: registers them, and acts for them with a consent it witnessed.</summary>
    public const string CounterStaff = "counter-staff";

    /// <summary>Reports test results.</summary>
    public const string Laboratory = "laboratory";

    /// <summary>Works for the health commission: cases, tracing, warnings.</summary>
    public const string HealthOfficer = "health-officer";

    /// <summary>Works for the one department that the token names.</summary>
    public const string DepartmentOfficer = "department-officer";

    /// <summary>The second person wherever two must agree.</summary>
    public const string Approver = "approver";

    /// <summary>Reads records of who did what; changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>Keeps the system running; sees no personal data.</summary>
    public const string Operator = "operator";

    /// <summary>Every role, for tests and for registering accounts.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Citizen, Proxy, VenueOperator, GridWorker, CounterStaff, Laboratory, HealthOfficer, DepartmentOfficer, Approver, Auditor, Operator];
}

/// <summary>Names of claims in the city's access tokens (RFC 9068; roles and departments are the city's own).</summary>
public static class CityClaims
{
    /// <summary>The account (a UUID), or the client's id in a service's token.</summary>
    public const string Subject = "sub";

    /// <summary>One of <see cref="Roles"/>; may be repeated.</summary>
    public const string Role = "role";

    /// <summary>The department that an officer belongs to, for example <c>health-commission</c>.</summary>
    public const string Department = "department";

    /// <summary>Who acts for the subject (RFC 8693 §4.1): a JSON object with the actor's <c>sub</c>.</summary>
    public const string Actor = "act";

    /// <summary>What the token may be used for (RFC 9068 §2.2.3): words separated by spaces.</summary>
    public const string Scope = "scope";

    /// <summary>The client that got the token; equals the subject in a service's own token.</summary>
    public const string ClientId = "client_id";

    /// <summary>The scope of people's tokens.</summary>
    public const string PeopleScope = "city";
}
