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
        CircleLow = [.. circles.Neighbours.Select((neighbours, centre) => Low(centre, neighbours, byArea))];
    }

    public double Total { get; }

    /// <summary>Share of all expected cases in each window.</summary>
    public double[] WindowShare { get; }

    /// <summary>By centre and last neighbour: a number that times the window's share is never above the expectation, and equals it where space and time are independent.</summary>
    public double[][] CircleLow { get; }

    public double Of(int centre, int last, int window)
    {
        if (_separable)
            return CircleLow[centre][last] * WindowShare[window];
        var (start, end) = _windows.All[window];
        double sum = 0;
        foreach (var area in _circles.Neighbours[centre].AsSpan(0, last + 1))
            sum += _throughDay[area][end] - _throughDay[area][start];
        return sum;
    }

    private double[] Low(int centre, int[] neighbours, double[] byArea)
    {
        var low = new double[neighbours.Length];
        double sum = 0;
        var byWindow = new double[_separable ? 0 : _windows.Count];
        for (var k = 0; k < neighbours.Length; k++)
        {
            sum += byArea[neighbours[k]];
            low[k] = sum;
            for (var w = 0; w < byWindow.Length; w++)
            {
                var (start, end) = _windows.All[w];
                byWindow[w] += _throughDay[neighbours[k]][end] - _throughDay[neighbours[k]][start];
                if (WindowShare[w] > 0)
                    low[k] = Math.Min(low[k], byWindow[w] / WindowShare[w]);
            }
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
