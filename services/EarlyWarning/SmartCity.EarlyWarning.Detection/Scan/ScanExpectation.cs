namespace SmartCity.EarlyWarning.Detection;

/// <summary>Expected cases of every circle and window.</summary>
internal sealed class ScanExpectation
{
    private readonly double[][] _throughDay;
    private readonly ScanWindows _windows;
    private readonly ScanCircles _circles;
    private readonly bool _separable;

    public ScanExpectation(double[,] expected, ScanCircles circles, ScanWindows windows)
    {
        var (areas, days) = (expected.GetLength(0), expected.GetLength(1));
        (_circles, _windows) = (circles, windows);
        var byArea = new double[areas];
        var byDay = new double[days];
        _throughDay = new double[areas][];
        for (var area = 0; area < areas; area++)
        {
            _throughDay[area] = new double[days + 1];
            for (var day = 0; day < days; day++)
            {
                byDay[day] += expected[area, day];
                byArea[area] += expected[area, day];
                _throughDay[area][day + 1] = byArea[area];
            }
        }

        Total = byArea.Sum();
        _separable = IsSeparable(expected, byArea, byDay, Total);
        WindowShare = [.. windows.All.Select(w => byDay[w.Start..w.End].Sum() / Total)];
        CircleLow = [.. Enumerable.Range(0, areas).Select(centre => Low(centre, byArea))];
    }

    public double Total { get; }

    /// <summary>Share of all expected cases in each window.</summary>
    public double[] WindowShare { get; }

    /// <summary>By centre and circle: a number that times the window's share is never above the expectation, and equals it where space and time are independent.</summary>
    public double[][] CircleLow { get; }

    public double Of(int centre, int circle, int window)
    {
        if (_separable)
            return CircleLow[centre][circle] * WindowShare[window];
        var (start, end) = _windows.All[window];
        double sum = 0;
        foreach (var area in _circles.Areas(centre, circle))
            sum += _throughDay[area][end] - _throughDay[area][start];
        return sum;
    }

    private double[] Low(int centre, double[] byArea)
    {
        var sizes = _circles.Sizes[centre];
        var low = new double[sizes.Length];
        double sum = 0;
        var byWindow = new double[_separable ? 0 : _windows.Count];
        for (var (circle, k) = (0, 0); circle < sizes.Length; circle++)
        {
            for (; k < sizes[circle]; k++)
            {
                var area = _circles.Neighbours[centre][k];
                sum += byArea[area];
                for (var w = 0; w < byWindow.Length; w++)
                    byWindow[w] += _throughDay[area][_windows.All[w].End] - _throughDay[area][_windows.All[w].Start];
            }

            low[circle] = sum;
            for (var w = 0; w < byWindow.Length; w++)
                if (WindowShare[w] > 0)
                    low[circle] = Math.Min(low[circle], byWindow[w] / WindowShare[w]);
        }

        return low;
    }

    private static bool IsSeparable(double[,] expected, double[] byArea, double[] byDay, double total)
    {
        for (var area = 0; area < byArea.Length; area++)
            for (var day = 0; day < byDay.Length; day++)
                if (Math.Abs(expected[area, day] - byArea[area] * byDay[day] / total) > 1e-12 * total)
                    return false;
        return true;
    }
}
