using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace Conformance.Tests.EarlyWarning;

/// <summary>Published results of SaTScan's sample data.</summary>
public sealed class ScanTests
{
    private const int Categories = 36;
    private static readonly int[] CensusYears = [73, 82, 91];

    /// <summary>New Mexico's population between the censuses is known to SaTScan to the day, to us to the year.</summary>
    private const double PopulationNoise = 1e-4;

    [Fact]
    public void Published_clusters_are_found() => Subject.Run("scan",
    [
        new Case("NYCfever", NewYorkFever),
        new Case("nm", NewMexico),
    ]);

    private static string? NewYorkFever()
    {
        var areas = Areas("NYCfever.geo");
        var index = areas.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i);
        var first = new DateOnly(2001, 11, 1);
        var cases = new int[areas.Length, 24];
        foreach (var row in Rows("NYCfever.cas"))
            cases[index[row[0]], DateOnly.ParseExact(row[2], "yyyy/M/d", CultureInfo.InvariantCulture).DayNumber - first.DayNumber] += int.Parse(row[1], CultureInfo.InvariantCulture);

        var most = SpaceTimeScan.Permutation(areas, cases, new ScanOptions { MaxDays = 7, Replications = 99 }).Clusters[0];

        return Math.Abs(most.LogLikelihoodRatio - 3.845418) > 5e-7 || most.Areas.Count != 9
            ? $"LLR {most.LogLikelihoodRatio:F6} with {most.Areas.Count} areas"
            : null;
    }

    private static string? NewMexico()
    {
        var areas = Areas("nm.geo");
        var index = areas.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i);
        var cases = new int[areas.Length, 19];
        var byCategory = new double[Categories];
        foreach (var row in Rows("nm.cas"))
        {
            cases[index[row[0]], Number(row[2]) - 1973] += Number(row[1]);
            byCategory[Category(row[3], row[4])] += Number(row[1]);
        }

        var population = new double[areas.Length, Categories, CensusYears.Length];
        foreach (var row in Rows("nm.pop"))
            population[index[row[0]], Category(row[3], row[4]), Array.IndexOf(CensusYears, Number(row[1]))] += Number(row[2]);

        var most = SpaceTimeScan.Poisson(areas, cases, Expected(population, byCategory), new ScanOptions { Prospective = false, Replications = 99 }).Clusters[0];

        return Math.Abs(most.LogLikelihoodRatio / 10.979758 - 1) > PopulationNoise ? $"LLR {most.LogLikelihoodRatio:F6}" : null;
    }

    /// <summary>Indirect standardisation by age and sex: the state's rate of each category times the county's population, linear between the censuses.</summary>
    private static double[,] Expected(double[,,] population, double[] cases)
    {
        var expected = new double[population.GetLength(0), 19];
        for (var category = 0; category < Categories; category++)
        {
            double total = 0;
            for (var area = 0; area < population.GetLength(0); area++)
                for (var year = 0; year < 19; year++)
                    total += People(area, category, year);
            for (var area = 0; area < population.GetLength(0); area++)
                for (var year = 0; year < 19; year++)
                    expected[area, year] += total == 0 ? 0 : cases[category] / total * People(area, category, year);
        }

        return expected;

        double People(int area, int category, int year)
        {
            var (from, share) = (Math.Min(year / 9, 1), (year - 9 * Math.Min(year / 9, 1)) / 9.0);
            return population[area, category, from] * (1 - share) + population[area, category, from + 1] * share;
        }
    }

    private static ScanArea[] Areas(string file) =>
        [.. Rows(file).Select(r => ScanArea.OnGlobe(r[0], double.Parse(r[1], CultureInfo.InvariantCulture), double.Parse(r[2], CultureInfo.InvariantCulture)))];

    private static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(Path.Combine(ReferenceData.Folder("scan"), file)).Where(l => l.Trim().Length > 0)
            .Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int Category(string age, string sex) => (Number(age) - 1) * 2 + Number(sex) - 1;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
