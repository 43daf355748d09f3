namespace SmartCity.Benchmarks.Detection;

/// <summary>Seasonal, overdispersed weekly counts of very different size, the same in every run.</summary>
internal static class Counts
{
    public static double[][] Series(int series, int weeks)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, series).Select(_ => One(random, Math.Exp(random.NextDouble() * 5 - 1), weeks))];
    }

    public static int Poisson(Random random, double mean)
    {
        var (limit, product, k) = (Math.Exp(-mean), random.NextDouble(), 0);
        for (; product > limit; k++)
            product *= random.NextDouble();
        return k;
    }

    private static double[] One(Random random, double level, int weeks) =>
    [
        .. Enumerable.Range(0, weeks).Select(t =>
            (double)Poisson(random, level * (1 + 0.4 * Math.Cos(2 * Math.PI * t / 52)) * (0.6 + 0.8 * random.NextDouble()))),
    ];
}
