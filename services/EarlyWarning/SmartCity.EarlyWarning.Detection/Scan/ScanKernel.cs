using System.Numerics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>The largest statistic over the circles and windows of one set of cases. One instance a thread.</summary>
internal sealed class ScanKernel(ScanCircles circles, ScanWindows windows, ScanExpectation expectation, ScanThresholds thresholds, int total, int width)
{
    /// <summary>Cases of one cluster; Last is the place of its outermost area.</summary>
    public readonly record struct Found(double Statistic, int Centre, int Last, int Window, int Cases);

    private readonly int _areas = circles.Neighbours.Length;
    private readonly short[] _inWindow = new short[circles.Neighbours.Length * width];
    private readonly bool[] _hasCases = new bool[circles.Neighbours.Length];
    private readonly short[] _sum = new short[width];
    private readonly int[] _through = new int[windows.Days + 1];

    /// <summary>Counts the cases of each area by window.</summary>
    /// <param name="cases">Cases by area and day, days of one area side by side.</param>
    public void Load(ReadOnlySpan<int> cases)
    {
        for (var area = 0; area < _areas; area++)
        {
            var byDay = cases.Slice(area * windows.Days, windows.Days);
            for (var day = windows.First; day < windows.Days; day++)
                _through[day + 1] = _through[day] + byDay[day];
            _hasCases[area] = _through[windows.Days] > _through[windows.First];
            var target = _inWindow.AsSpan(area * width, width);
            var all = windows.All;
            for (var w = 0; w < all.Length; w++)
                target[w] = (short)(_through[all[w].End] - _through[all[w].Start]);
        }
    }

    /// <summary>The best cluster above a statistic, or one with that statistic and centre −1.</summary>
    public Found Best(double above)
    {
        var best = new Found(above, -1, 0, 0, 0);
        for (var centre = 0; centre < _areas; centre++)
            best = BestAround(centre, best);
        return best;
    }

    /// <summary>The best cluster around one centre above what is already found. Among equals the first: fewer areas, then fewer days, then earlier.</summary>
    public Found BestAround(int centre, Found best)
    {
        var neighbours = circles.Neighbours[centre];
        var classes = thresholds.ClassOf[centre];
        var sums = System.Runtime.InteropServices.MemoryMarshal.Cast<short, Vector<short>>(_sum.AsSpan());
        sums.Clear();
        var level = thresholds.Level(best.Statistic);
        var changed = false;
        for (var k = 0; k < neighbours.Length; k++)
        {
            var area = neighbours[k];
            // A larger circle without a further case is less likely than the one before.
            if (_hasCases[area])
            {
                changed = true;
                var add = System.Runtime.InteropServices.MemoryMarshal.Cast<short, Vector<short>>(_inWindow.AsSpan(area * width, width));
                for (var v = 0; v < sums.Length; v++)
                    sums[v] += add[v];
            }

            if (!changed || classes[k] == ScanThresholds.NoCircle)
                continue;
            changed = false;
            var least = System.Runtime.InteropServices.MemoryMarshal.Cast<short, Vector<short>>(thresholds.Row(level, classes[k]));
            var beats = false;
            for (var v = 0; v < sums.Length; v++)
                beats |= Vector.GreaterThanAny(sums[v], least[v]);
            if (!beats)
                continue;
            best = Exact(centre, k, best);
            level = thresholds.Level(best.Statistic);
        }

        return best;
    }

    private Found Exact(int centre, int last, Found best)
    {
        var least = thresholds.Row(thresholds.Level(best.Statistic), thresholds.ClassOf[centre][last]);
        for (var w = 0; w < windows.Count; w++)
        {
            if (_sum[w] <= least[w])
                continue;
            var statistic = ScanLogRatio.Of(_sum[w], expectation.Of(centre, last, w), total);
            if (statistic > best.Statistic)
                best = new(statistic, centre, last, w, _sum[w]);
        }

        return best;
    }
}
