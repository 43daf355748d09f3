namespace SmartCity.EarlyWarning.Detection;

/// <summary>Kulldorff's space-time scan statistic: which circle of areas had, over which days, more cases than chance explains?</summary>
/// <remarks>
/// <para>Statistic of a cylinder with c cases of C, E expected: c·ln(c/E) + (C−c)·ln((C−c)/(C−E)) if c &gt; E (high rates only) and c ≥ 2, maximised over circles around every area and all windows of days.</para>
/// <para>Poisson: E is given and scaled to C; replications draw C cases in proportion to it. Permutation: E = cases of the circle × cases of the days / C; replications deal the days out anew.</para>
/// <para>p = (1 + replications with a maximum at least as large) / (1 + replications). Gumbel: 1 − exp(−exp(−(x−µ)/β)), β and µ by moments from the maxima. Recurrence interval in days: 1/p (Gumbel's p below what the replications resolve).</para>
/// <para>Ties: the cluster with fewer areas, then fewer days, then the earlier, then the lower index of its centre. Areas at equal distance enter a circle together.</para>
/// <para>A missing report is no zero: in the Poisson model set its expectation to 0 as well; the permutation model has no place for it.</para>
/// <para>Source: Kulldorff (1997, 2001), Kulldorff et al. (2005) PLoS Medicine 2; SaTScan's definitions.</para>
/// </remarks>
public static class SpaceTimeScan
{
    /// <summary>Scans with known expectations.</summary>
    /// <param name="areas">The areas.</param>
    /// <param name="cases">Cases by area and day, not negative; at most 32,767 together.</param>
    /// <param name="expected">Expected cases by area and day, in any proportion; cells without must have no cases.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    public static ScanResult Poisson(ReadOnlySpan<ScanArea> areas, int[,] cases, double[,] expected, ScanOptions? options = null)
    {
        var total = Check(areas, cases);
        if (expected.GetLength(0) != cases.GetLength(0) || expected.GetLength(1) != cases.GetLength(1))
            throw new ArgumentException("As many areas and days as there are cases.", nameof(expected));
        var sum = expected.Cast<double>().Sum();
        if (!(sum > 0) || expected.Cast<double>().Any(e => !(e >= 0)))
            throw new ArgumentException("No negative expectation, and not all zero.", nameof(expected));
        var scaled = new double[cases.GetLength(0), cases.GetLength(1)];
        for (var area = 0; area < cases.GetLength(0); area++)
            for (var day = 0; day < cases.GetLength(1); day++)
                scaled[area, day] = expected[area, day] == 0 && cases[area, day] > 0
                    ? throw new ArgumentException($"Cases where none is expected: area {area}, day {day}.", nameof(expected))
                    : expected[area, day] * total / sum;
        return Scan(areas, cases, scaled, total, new DrawnCells(scaled, total), options ?? new());
    }

    /// <summary>Scans without a population: the cases of other areas and days say what to expect.</summary>
    /// <param name="areas">The areas.</param>
    /// <param name="cases">Cases by area and day, not negative; at most 32,767 together.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    public static ScanResult Permutation(ReadOnlySpan<ScanArea> areas, int[,] cases, ScanOptions? options = null)
    {
        var total = Check(areas, cases);
        var (count, days) = (cases.GetLength(0), cases.GetLength(1));
        double[] byArea = [.. Enumerable.Range(0, count).Select(a => (double)Enumerable.Range(0, days).Sum(d => cases[a, d]))];
        double[] byDay = [.. Enumerable.Range(0, days).Select(d => (double)Enumerable.Range(0, count).Sum(a => cases[a, d]))];
        var expected = new double[count, days];
        for (var area = 0; area < count; area++)
            for (var day = 0; day < days; day++)
                expected[area, day] = byArea[area] * byDay[day] / Math.Max(1, total);
        return Scan(areas, cases, expected, total, new PermutedDays([.. cases.Cast<int>()], count, days), options ?? new());
    }

    private static int Check(ReadOnlySpan<ScanArea> areas, int[,] cases)
    {
        if (areas.Length != cases.GetLength(0))
            throw new ArgumentException("One row of cases for each area.", nameof(cases));
        long total = 0;
        foreach (var c in cases)
            total += c >= 0 ? c : throw new ArgumentException("No negative cases.", nameof(cases));
        return total <= short.MaxValue ? (int)total : throw new ArgumentException("At most 32,767 cases.", nameof(cases));
    }

    private static ScanResult Scan(
        ReadOnlySpan<ScanArea> areas, int[,] cases, double[,] expected, int total, ScanRandomiser randomiser, ScanOptions options)
    {
        options.Validate();
        if (total == 0)
            return new([], []);
        double[] weight = [.. Enumerable.Range(0, areas.Length).Select(a => Enumerable.Range(0, expected.GetLength(1)).Sum(d => expected[a, d]))];
        var circles = ScanCircles.Around(areas, weight, options.MaxPopulationShare);
        var windows = new ScanWindows(cases.GetLength(1), options);
        var expectation = new ScanExpectation(expected, circles, windows);
        var thresholds = new ScanThresholds(expectation, total, options.MinCases, ScanKernel.Width(windows));
        ScanKernel NewKernel() => new(circles, windows, expectation, thresholds, total);

        var maxima = ScanReplications.Maxima(NewKernel, randomiser, cases.Length, options);
        var kernel = NewKernel();
        kernel.Load([.. cases.Cast<int>()]);
        var clusters = ScanClusters.Choose(kernel, circles, windows, maxima, options);
        var significance = new ScanSignificance(maxima);
        return new([.. clusters.Select(found => Describe(found, circles, windows, expectation, total, significance))], maxima);
    }

    private static ScanCluster Describe(
        ScanKernel.Found found, ScanCircles circles, ScanWindows windows, ScanExpectation expectation, int total, ScanSignificance significance)
    {
        var expected = expectation.Of(found.Centre, found.Circle, found.Window);
        var (start, end) = windows.All[found.Window];
        var (rank, gumbel) = (significance.MonteCarlo(found.Statistic), significance.Gumbel(found.Statistic));
        return new(found.Centre, circles.Areas(found.Centre, found.Circle).ToArray(), circles.Radius(found.Centre, found.Circle), start, end - 1,
            found.Cases, expected, found.Cases / expected / ((total - found.Cases) / (total - expected)), found.Statistic,
            rank, gumbel, 1 / (significance.IsResolved(found.Statistic) ? rank : gumbel));
    }
}
