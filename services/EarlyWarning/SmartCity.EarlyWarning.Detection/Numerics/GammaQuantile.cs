using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Quantiles of the gamma distribution to full precision: Wilson and Hilferty's start, then Halley's method (MathNet's inverse has some digits only).</summary>
internal static class GammaQuantile
{
    /// <summary>Quantile for scale 1.</summary>
    public static double Standard(double shape, double p)
    {
        var x = Start(shape, p);
        for (var step = 0; step < 50; step++)
        {
            var density = Math.Exp((shape - 1) * Math.Log(x) - x - SpecialFunctions.GammaLn(shape));
            var newton = (SpecialFunctions.GammaLowerRegularized(shape, x) - p) / density;
            var change = newton / (1 - 0.5 * Math.Min(1, newton * ((shape - 1) / x - 1)));
            var next = x - change > 0 ? x - change : x / 2;
            if (Math.Abs(next - x) <= 1e-14 * x)
                return next;
            x = next;
        }

        return x;
    }

    /// <summary>Wilson and Hilferty's cube, or the leading term of the distribution function near 0.</summary>
    private static double Start(double shape, double p)
    {
        var cube = 1 - 1 / (9 * shape) + Normal.InvCDF(0, 1, p) / (3 * Math.Sqrt(shape));
        return cube > 0.2 && shape >= 1
            ? shape * cube * cube * cube
            : Math.Exp((Math.Log(p) + SpecialFunctions.GammaLn(shape + 1)) / shape);
    }
}
