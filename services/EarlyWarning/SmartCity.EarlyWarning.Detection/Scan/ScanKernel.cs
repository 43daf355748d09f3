using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>The largest statistic over the circles and windows of one set of cases. One instance a thread.</summary>
internal sealed class ScanKernel(ScanCircles circles, ScanWindows windows, ScanExpectation expectation, ScanThresholds thresholds, int total)
{
    /// <summary>Windows that are counted side by side: the short numbers of one 512-bit vector.</summary>
    private const int Lanes = 32;

    /// <summary>The cases of one cluster; centre −1 stands for none.</summary>
    public readonly record struct Found(double Statistic, int Centre, int Circle, int Window, int Cases);

    private readonly int _areas = circles.Neighbours.Length;
    private readonly short[] _inWindow = new short[circles.Neighbours.Length * Width(windows)];
    private readonly int[] _through = new int[windows.Days + 1];

    /// <summary>Number of windows, rounded up to whole vectors.</summary>
    public static int Width(ScanWindows windows) => (windows.Count + Lanes - 1) / Lanes * Lanes;

    /// <summary>Counts the cases of each area by window.</summary>
    /// <param name="cases">Cases by area and day, days of one area side by side.</param>
    public void Load(ReadOnlySpan<int> cases)
    {
        for (var area = 0; area < _areas; area++)
        {
            var byDay = cases.Slice(area * windows.Days, windows.Days);
            for (var day = windows.First; day < windows.Days; day++)
                _through[day + 1] = _through[day] + byDay[day];
            var all = windows.All;
            for (var w = 0; w < all.Length; w++)
                _inWindow[Place(w, area)] = (short)(_through[all[w].End] - _through[all[w].Start]);
        }
    }

    /// <summary>The best cluster above a statistic, or none with that statistic.</summary>
    public Found Best(double above)
    {
        var best = new Found(above, -1, 0, 0, 0);
        for (var centre = 0; centre < _areas; centre++)
            best = BestAround(centre, best);
        return best;
    }

    /// <summary>The best cluster around one centre, if it is above what is already found. Among equals of one centre: fewer areas, then fewer days, then earlier.</summary>
    public Found BestAround(int centre, Found best)
    {
        for (var block = 0; block < windows.Count; block += Lanes)
            best = BestInBlock(centre, block, best);
        return best;
    }

    private Found BestInBlock(int centre, int block, Found best)
    {
        var neighbours = circles.Neighbours[centre];
        var sizes = circles.Sizes[centre];
        var classes = thresholds.ClassOf[centre];
        ref var counts = ref _inWindow[Place(block, 0)];
        var sum = Vector512<short>.Zero;
        var level = thresholds.Level(best.Statistic);
        var k = 0;
        for (var circle = 0; circle < sizes.Length; circle++)
        {
            for (var size = sizes[circle]; k < size; k++)
                sum += Vector512.LoadUnsafe(ref counts, (nuint)(neighbours[k] * Lanes));
            var least = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(thresholds.Row(level, classes[circle])), (nuint)block);
            if (!Vector512.GreaterThanAny(sum, least))
                continue;
            best = Exact(centre, circle, block, sum, least, best);
            level = thresholds.Level(best.Statistic);
        }

        return best;
    }

    private Found Exact(int centre, int circle, int block, Vector512<short> sum, Vector512<short> least, Found best)
    {
        for (var lane = 0; lane < Lanes && block + lane < windows.Count; lane++)
        {
            if (sum[lane] <= least[lane])
                continue;
            var statistic = ScanLogRatio.Of(sum[lane], expectation.Of(centre, circle, block + lane), total);
            var smaller = statistic == best.Statistic && centre == best.Centre && circle < best.Circle;
            if (statistic > best.Statistic || smaller)
                best = new(statistic, centre, circle, block + lane, sum[lane]);
        }

        return best;
    }

    private int Place(int window, int area) => (window / Lanes * _areas + area) * Lanes + window % Lanes;
}
