namespace SmartCity.EarlyWarning.Detection;

/// <summary>One area of a scan, as a point.</summary>
/// <param name="Id">Name of the area.</param>
/// <param name="X">First coordinate in a plane, in any unit of length.</param>
/// <param name="Y">Second coordinate in the same unit.</param>
/// <param name="Z">Third coordinate; 0 in a plane.</param>
public readonly record struct ScanArea(string Id, double X, double Y, double Z = 0)
{
    private const double EarthRadiusKm = 6371;

    /// <summary>An area on the globe; distances are then chords in km, which order neighbours as great circles do.</summary>
    /// <param name="id">Name of the area.</param>
    /// <param name="latitude">Degrees north.</param>
    /// <param name="longitude">Degrees east.</param>
    public static ScanArea OnGlobe(string id, double latitude, double longitude)
    {
        var (phi, lambda) = (latitude * Math.PI / 180, longitude * Math.PI / 180);
        return new(id, EarthRadiusKm * Math.Cos(phi) * Math.Cos(lambda), EarthRadiusKm * Math.Cos(phi) * Math.Sin(lambda), EarthRadiusKm * Math.Sin(phi));
    }

    internal double Distance(ScanArea other) =>
        Math.Sqrt((X - other.X) * (X - other.X) + (Y - other.Y) * (Y - other.Y) + (Z - other.Z) * (Z - other.Z));
}
