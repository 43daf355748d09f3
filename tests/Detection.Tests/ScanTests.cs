using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class ScanTests
{
    private const int Side = 8;
    private const int Days = 20;
    private static readonly ScanArea[] Grid = [.. Enumerable.Range(0, Side * Side).Select(i => new ScanArea($"cell {i}", i % Side, i / Side))];
    private static readonly ScanOptions Quick = new() { Replications = 199, Threads = 2 };

    [Fact]
    public void A_planted_cluster_is_found_where_and_when_it_is()
    {
        var cases = Noise(seed: 4);
        int[] planted = [27, 26, 28, 19, 35];
        foreach (var area in planted)
            for (var day = 17; day < Days; day++)
                cases[area, day] += 3;

        foreach (var cluster in new[] { Poisson(cases, Quick).Clusters[0], SpaceTimeScan.Permutation(Grid, cases, Quick).Clusters[0] })
        {
            cluster.Areas.Order().ShouldBe(planted.Order());
            (cluster.FirstDay, cluster.LastDay).ShouldBe((17, 19));
            cluster.PValue.ShouldBe(1 / 200.0, 1e-12);
            cluster.GumbelPValue.ShouldBeLessThan(1e-6);
            cluster.RecurrenceInterval.ShouldBe(1 / cluster.GumbelPValue);
        }
    }

    [Fact]
    public void The_fast_search_finds_the_maximum_that_a_plain_one_finds()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var cases = Noise(seed);

            Poisson(cases, Quick with { Replications = 0 }).Clusters[0].LogLikelihoodRatio.ShouldBe(PlainMaximum(cases), 1e-9);
        }
    }

    [Fact]
    public void The_answer_does_not_depend_on_the_number_of_threads()
    {
        var cases = Noise(seed: 5);

        Poisson(cases, Quick with { Threads = 1 }).Maxima.ShouldBe(Poisson(cases, Quick with { Threads = 3 }).Maxima);
    }

    [Fact]
    public void Under_the_null_hypothesis_small_p_values_are_as_rare_as_they_say()
    {
        var small = Enumerable.Range(0, 60).Count(seed =>
            Poisson(Noise(seed), Quick with { Replications = 19, Seed = (ulong)seed + 100 }).Clusters[0].PValue <= 0.2);

        small.ShouldBeInRange(3, 24);
    }

    [Fact]
    public void Of_equal_clusters_the_one_around_the_first_area_comes_first()
    {
        var cases = new int[Grid.Length, Days];
        cases[0, Days - 1] = cases[63, Days - 1] = 5;
        cases[10, 2] = cases[40, 3] = 5;

        var clusters = Poisson(cases, Quick with { Replications = 0 }).Clusters;

        clusters[0].LogLikelihoodRatio.ShouldBe(clusters[1].LogLikelihoodRatio, 1e-12);
        (clusters[0].Centre, clusters[1].Centre).ShouldBe((0, 63));
    }

    [Fact]
    public void Areas_at_the_same_distance_enter_together()
    {
        var cases = Noise(seed: 2);
        cases[27, Days - 1] += 9;
        cases[26, Days - 1] += 9;

        Poisson(cases, Quick with { Replications = 0 }).Clusters[0].Areas.Count.ShouldBeOneOf(1, 5, 9, 13, 21, 25, 29);
    }

    [Fact]
    public void Without_cases_there_is_no_cluster() => Poisson(new int[Grid.Length, Days], Quick).Clusters.ShouldBeEmpty();

    [Fact]
    public void Cases_where_none_can_be_are_refused()
    {
        var cases = Noise(seed: 1);
        cases[3, 3] = 1;
        var expected = Uniform();
        expected[3, 3] = 0;

        Should.Throw<ArgumentException>(() => SpaceTimeScan.Poisson(Grid, cases, expected, Quick));
        cases[3, 3] = -1;
        Should.Throw<ArgumentException>(() => SpaceTimeScan.Permutation(Grid, cases, Quick));
    }

    private static ScanResult Poisson(int[,] cases, ScanOptions options) => SpaceTimeScan.Poisson(Grid, cases, Uniform(), options);

    private static double[,] Uniform()
    {
        var expected = new double[Grid.Length, Days];
        for (var area = 0; area < Grid.Length; area++)
            for (var day = 0; day < Days; day++)
                expected[area, day] = 1 + area % 3;
        return expected;
    }

    private static int[,] Noise(int seed)
    {
        var random = new Random(seed);
        var cases = new int[Grid.Length, Days];
        for (var area = 0; area < Grid.Length; area++)
            for (var day = 0; day < Days; day++)
                cases[area, day] = random.NextDouble() < 0.08 * (1 + area % 3) ? 1 : 0;
        return cases;
    }

    /// <summary>The definition, cell by cell.</summary>
    private static double PlainMaximum(int[,] cases)
    {
        var expected = Uniform();
        double total = cases.Cast<int>().Sum(), sum = expected.Cast<double>().Sum(), best = 0;
        foreach (var centre in Grid)
            foreach (var radius in Grid.Select(a => Distance(a, centre)).Distinct())
            {
                int[] inside = [.. Enumerable.Range(0, Grid.Length).Where(i => Distance(Grid[i], centre) <= radius + 1e-9)];
                if (inside.Sum(i => Row(expected, i).Sum()) > sum / 2)
                    continue;
                for (var length = 1; length <= Days / 2; length++)
                {
                    double c = inside.Sum(i => Row(cases, i).TakeLast(length).Sum());
                    var e = inside.Sum(i => Row(expected, i).TakeLast(length).Sum()) * total / sum;
                    if (c >= 2 && c > e)
                        best = Math.Max(best, c * Math.Log(c / e) + (total - c) * Math.Log((total - c) / (total - e)));
                }
            }

        return best;
    }

    private static double Distance(ScanArea a, ScanArea b) => Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));

    private static IEnumerable<T> Row<T>(T[,] matrix, int row) => Enumerable.Range(0, matrix.GetLength(1)).Select(d => matrix[row, d]);
}
