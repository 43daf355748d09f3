using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Benchmarks.Detection;

/// <summary>The daily scan of a city: 900 cells, 56 days, 999 replications, clusters of up to 28 days that are still alive, two threads.</summary>
internal static class ScanSpeed
{
    private const int Side = 30;
    private const int Days = 56;

    public static void Run()
    {
        ScanArea[] cells = [.. Enumerable.Range(0, Side * Side).Select(i => new ScanArea($"{i}", i % Side, i / Side))];
        var uniform = new double[cells.Length, Days];
        for (var cell = 0; cell < cells.Length; cell++)
            for (var day = 0; day < Days; day++)
                uniform[cell, day] = 1;

        foreach (var mean in (double[])[0.02, 0.1, 0.4])
        {
            var random = new Random(1);
            var cases = new int[cells.Length, Days];
            for (var cell = 0; cell < cells.Length; cell++)
                for (var day = 0; day < Days; day++)
                    cases[cell, day] = Counts.Poisson(random, mean);
            var options = new ScanOptions { Threads = 2 };
            Print("permutation", cases, () => SpaceTimeScan.Permutation(cells, cases, options));
            Print("Poisson", cases, () => SpaceTimeScan.Poisson(cells, cases, uniform, options));
        }
    }

    private static void Print(string model, int[,] cases, Action scan)
    {
        var (wall, cpu) = Measure.Fastest(5, scan);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"scan {model,-12} {cases.Cast<int>().Sum(),6} cases: {wall.TotalSeconds:F2} s on two threads ({cpu.TotalSeconds:F2} s CPU; goal 1 s: {Measure.Goal(wall.TotalSeconds <= 1)})"));
    }
}
