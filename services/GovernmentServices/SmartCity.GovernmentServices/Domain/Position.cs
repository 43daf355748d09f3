using System.ComponentModel.DataAnnotations;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.GovernmentServices.Domain;

/// <summary>A position, WGS 84.</summary>
/// <param name="Latitude">Degrees, -90 to 90.</param>
/// <param name="Longitude">Degrees, -180 to 180.</param>
public sealed record Position([property: Range(-90d, 90d)] double Latitude, [property: Range(-180d, 180d)] double Longitude)
{
    internal string Cell => GridCell.At(Latitude, Longitude).ToString();
}
