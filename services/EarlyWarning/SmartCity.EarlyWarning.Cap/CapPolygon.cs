using System.Globalization;

namespace SmartCity.EarlyWarning.Cap;

/// <summary>
/// A polygon as CAP writes it (§3.2.4): positions <c>latitude,longitude</c> in WGS 84 degrees, separated by white space, at least four, the last equal to the first.
/// Here also: no edge crosses another, and at most 500 positions.
/// </summary>
public sealed class CapPolygon
{
    private const int MostPositions = 500;

    private CapPolygon(IReadOnlyList<(double Latitude, double Longitude)> ring) => Ring = ring;

    /// <summary>The positions, the first again at the end.</summary>
    public IReadOnlyList<(double Latitude, double Longitude)> Ring { get; }

    /// <summary>Reads a polygon.</summary>
    /// <returns>False where the text is none.</returns>
    public static bool TryParse(string text, out CapPolygon? polygon)
    {
        polygon = null;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 4 or > MostPositions) return false;
        var ring = new (double Latitude, double Longitude)[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!TryParsePosition(words[i], out ring[i])) return false;
        }

        if (ring[0] != ring[^1] || Area(ring) == 0 || Crosses(ring)) return false;
        polygon = new CapPolygon(ring);
        return true;
    }

    /// <summary>Reads a position <c>latitude,longitude</c>.</summary>
    /// <returns>False where the text is none, or not on the earth.</returns>
    public static bool TryParsePosition(string text, out (double Latitude, double Longitude) position)
    {
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        position = default;
        if (text.Split(',') is not [var first, var second]) return false;
        if (!double.TryParse(first, Decimal, CultureInfo.InvariantCulture, out var latitude) || latitude is not (>= -90 and <= 90)) return false;
        if (!double.TryParse(second, Decimal, CultureInfo.InvariantCulture, out var longitude) || longitude is not (>= -180 and <= 180)) return false;
        position = (latitude, longitude);
        return true;
    }

    /// <summary>Whether a position lies inside, by the even-odd rule; edges may fall on either side.</summary>
    public bool Contains(double latitude, double longitude)
    {
        var inside = false;
        for (var i = 0; i + 1 < Ring.Count; i++)
        {
            var (from, to) = (Ring[i], Ring[i + 1]);
            if (from.Latitude > latitude != to.Latitude > latitude
                && longitude < ((to.Longitude - from.Longitude) * (latitude - from.Latitude) / (to.Latitude - from.Latitude)) + from.Longitude)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    private static double Area((double Latitude, double Longitude)[] ring)
    {
        var sum = 0.0;
        for (var i = 0; i + 1 < ring.Length; i++) sum += (ring[i].Longitude * ring[i + 1].Latitude) - (ring[i + 1].Longitude * ring[i].Latitude);
        return sum;
    }

    private static bool Crosses((double Latitude, double Longitude)[] ring)
    {
        for (var i = 0; i + 1 < ring.Length; i++)
        {
            for (var j = i + 2; j + 1 < ring.Length; j++)
            {
                // The last edge ends where the first begins.
                if (i == 0 && j + 2 == ring.Length) continue;
                if (Side(ring[i], ring[i + 1], ring[j]) * Side(ring[i], ring[i + 1], ring[j + 1]) < 0
                    && Side(ring[j], ring[j + 1], ring[i]) * Side(ring[j], ring[j + 1], ring[i + 1]) < 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static int Side((double Latitude, double Longitude) from, (double Latitude, double Longitude) to, (double Latitude, double Longitude) point) =>
        Math.Sign(((to.Longitude - from.Longitude) * (point.Latitude - from.Latitude)) - ((to.Latitude - from.Latitude) * (point.Longitude - from.Longitude)));
}
