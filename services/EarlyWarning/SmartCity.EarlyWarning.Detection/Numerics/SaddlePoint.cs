namespace SmartCity.EarlyWarning.Detection;

/// <summary>Probabilities of single counts by Loader's saddle-point expansion; relative error about 1e-14 for any size of the parameters.</summary>
internal static class SaddlePoint
{
    private const double TwoPi = 2 * Math.PI;
    private static readonly double[] ErrorOfWhole = [.. Enumerable.Range(0, 16).Select(n => n == 0 ? 0 : LogFactorial(n) - Stirling(n))];

    /// <summary>e^−µ µ^x / x!</summary>
    public static double Poisson(double x, double mean)
    {
        if (mean == 0)
            return x == 0 ? 1 : 0;
        if (x == 0)
            return Math.Exp(-mean);
        return Math.Exp(-StirlingError(x) - Deviance(x, mean)) / Math.Sqrt(TwoPi * x);
    }

    /// <summary>Γ(n+1)/(Γ(x+1)Γ(n−x+1)) p^x q^(n−x), for real x and n.</summary>
    public static double Binomial(double x, double n, double p, double q)
    {
        if (x == 0)
            return Math.Exp(n * Math.Log(q));
        if (x == n)
            return Math.Exp(n * Math.Log(p));
        var exponent = StirlingError(n) - StirlingError(x) - StirlingError(n - x) - Deviance(x, n * p) - Deviance(n - x, n * q);
        return Math.Exp(exponent) * Math.Sqrt(n / (TwoPi * x * (n - x)));
    }

    /// <summary>log Γ(n+1) minus Stirling's approximation of it.</summary>
    private static double StirlingError(double n)
    {
        if (n < 15)
            return n == Math.Floor(n) ? ErrorOfWhole[(int)n] : ShiftedError(n);
        var nn = n * n;
        return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188 - 691.0 / 360360 / nn) / nn) / nn) / nn) / nn) / n;
    }

    /// <summary>For small n that is not whole: step up to where the series converges, with log Γ(n+2) = log Γ(n+1) + log(n+1).</summary>
    private static double ShiftedError(double n)
    {
        double logs = 0, m = n;
        while (m < 15)
            logs += Math.Log(++m);
        return StirlingError(m) + Stirling(m) - logs - Stirling(n);
    }

    private static double Stirling(double n) => 0.5 * Math.Log(TwoPi * n) + n * Math.Log(n) - n;

    private static double LogFactorial(int n)
    {
        double sum = 0;
        for (var i = 2; i <= n; i++)
            sum += Math.Log(i);
        return sum;
    }

    /// <summary>x log(x/m) + m − x without cancellation where x is near m.</summary>
    private static double Deviance(double x, double m)
    {
        if (Math.Abs(x - m) >= 0.1 * (x + m))
            return x * Math.Log(x / m) + m - x;
        var v = (x - m) / (x + m);
        var sum = (x - m) * v;
        var term = 2 * x * v;
        for (var j = 3; ; j += 2)
        {
            term *= v * v;
            var next = sum + term / j;
            if (next == sum)
                return sum;
            sum = next;
        }
    }
}
