namespace SmartCity.EarlyWarning.Detection;

/// <summary>The most likely cluster, and further ones that share no area with a likelier one.</summary>
internal static class ScanClusters
{
    public static List<ScanKernel.Found> Choose(ScanKernel kernel, ScanCircles circles, ScanWindows windows, double[] maxima, ScanOptions options)
    {
        var most = kernel.Best(0);
        if (most.Centre < 0)
            return [];
        var floor = Math.Min(most.Statistic * (1 - 1e-9), Floor(maxima, options.MaxPValue));
        var candidates = Enumerable.Range(0, circles.Neighbours.Length)
            .Select(centre => kernel.BestAround(centre, new(floor, -1, 0, 0, 0)))
            .Where(found => found.Centre >= 0)
            // Statistics that differ by rounding only are equal, so that the order does not hang on it.
            .OrderByDescending(found => Math.Round(found.Statistic, 9))
            .ThenBy(found => circles.Sizes[found.Centre][found.Circle])
            .ThenBy(found => windows.All[found.Window].End - windows.All[found.Window].Start)
            .ThenBy(found => windows.All[found.Window].Start)
            .ThenBy(found => found.Centre);

        var taken = new HashSet<int>();
        var chosen = new List<ScanKernel.Found>();
        foreach (var found in candidates)
        {
            var areas = circles.Areas(found.Centre, found.Circle).ToArray();
            if (areas.Any(taken.Contains))
                continue;
            taken.UnionWith(areas);
            chosen.Add(found);
        }

        return chosen;
    }

    /// <summary>The statistic whose p-value is the largest that is reported.</summary>
    private static double Floor(double[] maxima, double maxPValue)
    {
        if (maxima.Length == 0)
            return 0;
        double[] sorted = [.. maxima.OrderDescending()];
        var above = (int)(maxPValue * (maxima.Length + 1)) - 1;
        return above < 0 ? double.PositiveInfinity : above >= sorted.Length ? 0 : sorted[above] * (1 - 1e-9);
    }
}
