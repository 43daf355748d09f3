using System.Globalization;

namespace SmartCity.Portal.Pages.Cockpit;

/// <summary>Numbers as pages and pictures write them, the same in both languages.</summary>
internal static class Numbers
{
    /// <summary>At most two decimals, thousands set apart; a dash for what nobody knows.</summary>
    public static string Of(double? value) => value is { } known ? known.ToString(Math.Abs(known) >= 1000 ? "N0" : "0.##", CultureInfo.InvariantCulture) : "–";

    /// <summary>A coordinate of a picture.</summary>
    public static string At(double coordinate) => coordinate.ToString("0.##", CultureInfo.InvariantCulture);
}
