using System.Text;

namespace SmartCity.Portal.Pages.Cockpit;

/// <summary>A curve of a chart. What is not known is a gap.</summary>
/// <param name="Text">What it is.</param>
/// <param name="Style">How it looks, a class of <c>cockpit.css</c>.</param>
/// <param name="Values">By day, as many as the chart has days.</param>
/// <param name="Lower">Lower ends of an interval; null for a curve without.</param>
/// <param name="Upper">Upper ends.</param>
public sealed record Curve(string Text, string Style, IReadOnlyList<double?> Values, IReadOnlyList<double?>? Lower = null, IReadOnlyList<double?>? Upper = null)
{
    public double Highest => Values.Concat(Upper ?? []).Max() ?? 0;
}

/// <summary>Where the days and values of a chart stand in its picture.</summary>
internal sealed class Plot(int days, double highest)
{
    public const int Width = 640;
    public const int Height = 230;
    public const int Left = 46;
    public const int Right = Width - 10;
    public const int Top = 12;
    public const int Bottom = Height - 30;

    private const int Steps = 4;

    private readonly double step = NiceStep(highest / Steps);

    /// <summary>Round values that lines are drawn at.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Ceiling(highest / step) + 1).Select(index => index * step);

    public double X(double day) => days < 2 ? Left : Left + ((Right - Left) * day / (days - 1));

    public double Y(double value) => Bottom - ((Bottom - Top) * value / Math.Max(step, Math.Ceiling(highest / step) * step));

    /// <summary>The path of a curve, broken where nothing is known.</summary>
    public string Line(IReadOnlyList<double?> values)
    {
        var (path, pen) = (new StringBuilder(), 'M');
        for (var day = 0; day < values.Count; day++)
        {
            if (values[day] is { } value) path.Append(pen).Append(Numbers.At(X(day))).Append(' ').Append(Numbers.At(Y(value)));
            pen = values[day] is null ? 'M' : 'L';
        }

        return path.ToString();
    }

    /// <summary>The area between the ends of an interval: one shape for every stretch of days that is known.</summary>
    public string Band(IReadOnlyList<double?> lower, IReadOnlyList<double?> upper)
    {
        var path = new StringBuilder();
        for (var day = 0; day < lower.Count; day++)
        {
            if (lower[day] is null) continue;
            var first = day;
            while (day + 1 < lower.Count && lower[day + 1] is not null) day++;
            for (var at = first; at <= day; at++) Point(at == first ? 'M' : 'L', at, upper[at]);
            for (var at = day; at >= first; at--) Point('L', at, lower[at]);
            path.Append('Z');
        }

        return path.ToString();

        void Point(char pen, int at, double? value) => path.Append(pen).Append(Numbers.At(X(at))).Append(' ').Append(Numbers.At(Y(value ?? 0)));
    }

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double NiceStep(double wanted)
    {
        if (wanted <= 0) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return power * ((wanted / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }
}
