namespace SmartCity.EarlyWarning.Domain;

/// <summary>What is counted per area and day.</summary>
public enum SignalStream
{
    /// <summary>Confirmed cases, on the day of confirmation, in the cell of the home.</summary>
    Cases,

    /// <summary>Exposures found by tracing, on the day they were found, in the cell of the place.</summary>
    Exposures,

    /// <summary>Visits, on the day they began, in the cell of the place.</summary>
    Visits,

    /// <summary>Citizens' reports, on the day they were received.</summary>
    Reports,
}

/// <summary>Names of areas: a grid cell, or the whole city.</summary>
internal static class Area
{
    public const string City = "city";

    /// <summary>As answers show it: null for the whole city.</summary>
    public static string? Cell(string area) => area == City ? null : area;
}
