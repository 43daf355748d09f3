namespace SmartCity.EarlyWarning.Detection;

/// <summary>Largest statistics under the null hypothesis.</summary>
internal static class ScanReplications
{
    /// <summary>Share of a typical maximum at which the search starts, to pass over weak clusters from the first circle on.</summary>
    private const double Start = 0.7;

    public static double[] Maxima(Func<ScanKernel> newKernel, ScanRandomiser randomiser, int cells, ScanOptions options)
    {
        var maxima = new double[options.Replications];
        if (maxima.Length == 0)
            return maxima;
        var first = One(newKernel(), randomiser, new int[cells], options.Seed, 0, start: 0);
        Parallel.For(0, maxima.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Threads },
            () => (Kernel: newKernel(), Cases: new int[cells]),
            (i, _, own) =>
            {
                maxima[i] = One(own.Kernel, randomiser, own.Cases, options.Seed, i, first * Start);
                return own;
            },
            _ => { });
        return maxima;
    }

    private static double One(ScanKernel kernel, ScanRandomiser randomiser, int[] cases, ulong seed, int replication, double start)
    {
        randomiser.Fill(new ScanRandom(seed * 0x9E3779B97F4A7C15 ^ (ulong)(replication + 1) * 0xD1342543DE82EF95), cases);
        kernel.Load(cases);
        var best = kernel.Best(start);
        return best.Centre >= 0 || start == 0 ? best.Statistic : kernel.Best(0).Statistic;
    }
}
