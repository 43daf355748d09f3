using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SmartCity.EarlyWarning.Contracts;

/// <summary>
/// A cell of the city grid: 0.01° of latitude by 0.01° of longitude (about 1.1 km north to south; less from west to east away from the equator),
/// named by its south-west corner in hundredths of a degree, for example <c>3123N12147E</c>.
/// </summary>
/// <remarks>
/// Coordinates are WGS 84 in degrees. The western and southern edges belong to the cell, the others to its neighbours.
/// The name is stable and sorts by latitude within a hemisphere. It says where a place or a home lies only to about a kilometre.
/// </remarks>
public readonly record struct GridCell
{
    private const int CellsPerDegree = 100;

    private GridCell(int south, int west) => (South, West) = (south, west);

    /// <summary>Southern edge in hundredths of a degree, -9000 to 8999.</summary>
    public int South { get; }

    /// <summary>Western edge in hundredths of a degree, -18000 to 17999.</summary>
    public int West { get; }

    /// <summary>Centre of the cell, WGS 84 degrees.</summary>
    public (double Latitude, double Longitude) Centre => ((South + 0.5) / CellsPerDegree, (West + 0.5) / CellsPerDegree);

    /// <summary>The cell that a position lies in.</summary>
    /// <param name="latitude">WGS 84 degrees, -90 to 90.</param>
    /// <param name="longitude">WGS 84 degrees, -180 to 180.</param>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is out of range or not a number.</exception>
    public static GridCell At(double latitude, double longitude)
    {
        if (!(latitude is >= -90 and <= 90)) throw new ArgumentOutOfRangeException(nameof(latitude), latitude, "A latitude lies between -90 and 90 degrees.");
        if (!(longitude is >= -180 and <= 180)) throw new ArgumentOutOfRangeException(nameof(longitude), longitude, "A longitude lies between -180 and 180 degrees.");

        // The poles and the date line belong to the last cell, so that every legal position has one.
        var south = Math.Min((int)Math.Floor(latitude * CellsPerDegree), (90 * CellsPerDegree) - 1);
        var west = Math.Min((int)Math.Floor(longitude * CellsPerDegree), (180 * CellsPerDegree) - 1);
        return new GridCell(south, west);
    }

    /// <summary>Reads the name of a cell as <see cref="ToString"/> writes it.</summary>
    /// <returns>False where the text is not exactly such a name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out GridCell cell)
    {
        cell = default;
        if (text is not { Length: 11 } || text[4] is not ('N' or 'S') || text[10] is not ('E' or 'W')) return false;
        if (!int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var south)) return false;
        if (!int.TryParse(text.AsSpan(5, 5), NumberStyles.None, CultureInfo.InvariantCulture, out var west)) return false;

        var parsed = new GridCell(text[4] == 'S' ? -south : south, text[10] == 'W' ? -west : west);
        if (parsed.South is < -9000 or > 8999 || parsed.West is < -18000 or > 17999 || parsed.ToString() != text) return false;
        cell = parsed;
        return true;
    }

    /// <summary>The name, for example <c>3123N12147E</c>: always 11 characters.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Abs(South):0000}{(South < 0 ? 'S' : 'N')}{Math.Abs(West):00000}{(West < 0 ? 'W' : 'E')}");
}
