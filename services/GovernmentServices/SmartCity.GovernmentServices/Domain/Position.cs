using System.ComponentModel.DataAnnotations;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.GovernmentServices.Domain;

/// <summary>A position, WGS 84.</summary>
/// <param name="Latitude">Degrees, -90 to 90.</param>
/// <param name="Longitude">Degrees, -180 to 180.</param>
public sealed record Position([property: Range(-90d, 90d)] double Latitude, [property: Range(-180d, 180d)] double Longitude)
{
    private const double EarthRadius = 6_371_000;
    private const double MetresPerDegree = EarthRadius * Math.PI / 180;

    internal string Cell => GridCell.At(Latitude, Longitude).ToString();

    /// <summary>Degrees of latitude and of longitude around here that hold every place within the distance. Cities lie away from poles and date line.</summary>
    internal (double Latitude, double Longitude) Box(double metres)
    {
        var high = metres / MetresPerDegree;
        return (high, high / Math.Max(Math.Cos(Latitude * Math.PI / 180), 0.01));
    }

    /// <summary>Along the great circle (haversine).</summary>
    internal double MetresTo(Position other)
    {
        var (north, there) = (Latitude * Math.PI / 180, other.Latitude * Math.PI / 180);
        var (up, along) = (Math.Sin((there - north) / 2), Math.Sin((other.Longitude - Longitude) * Math.PI / 360));
        return 2 * EarthRadius * Math.Asin(Math.Sqrt(Math.Min(1, (up * up) + (Math.Cos(north) * Math.Cos(there) * along * along))));
    }
}
