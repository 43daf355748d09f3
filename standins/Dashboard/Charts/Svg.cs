using System.Globalization;

namespace SmartCity.Dashboard.Charts;

/// <summary>Numbers as SVG and people read them.</summary>
internal static class Svg
{
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Duration(double milliseconds) => milliseconds switch
    {
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.00} s"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000:0} µs"),
    };

    /// <summary>Three digits and what a reader expects behind them.</summary>
    public static string Amount(double value)
    {
        var size = Math.Abs(value);
        return size switch
        {
            >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.##} G"),
            >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##} M"),
            >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.#} k"),
            >= 100 => string.Create(CultureInfo.InvariantCulture, $"{value:0}"),
            >= 1 => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}"),
            0 => "0",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.####}"),
        };
    }
}
