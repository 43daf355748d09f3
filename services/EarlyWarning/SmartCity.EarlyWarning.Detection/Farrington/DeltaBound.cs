using MathNet.Numerics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Normal interval on a transformed scale: with h(µ) = µ^e, U = (µ^e + z·σ)^(1/e).</summary>
/// <remarks>σ² = e²·µ^(2e−1)·(φ + se²/µ): the variance of a new observation and of the mean itself, by the delta method (Farrington et al. 1996, eq. 3).</remarks>
internal readonly struct DeltaBound
{
    private readonly double _exponent;
    private readonly double _centre;
    private readonly double _sigma;

    public DeltaBound(PowerTransformation power, double mean, double dispersion, double standardError)
    {
        var tau = dispersion + standardError * standardError / mean;
        (_exponent, _sigma) = power switch
        {
            PowerTransformation.None => (1.0, Math.Sqrt(mean * tau)),
            PowerTransformation.SquareRoot => (0.5, Math.Sqrt(tau / 4)),
            PowerTransformation.TwoThirds => (2.0 / 3, Math.Sqrt(4.0 / 9 * Math.Cbrt(mean) * tau)),
            _ => throw new ArgumentOutOfRangeException(nameof(power), power, "Unknown transformation."),
        };
        _centre = Math.Pow(mean, _exponent);
    }

    public double Upper(double z) => Math.Pow(_centre + z * _sigma, 1 / _exponent);

    /// <summary>Probability of a value at least as large.</summary>
    public double PValue(double observed) => 0.5 * SpecialFunctions.Erfc((Math.Pow(observed, _exponent) - _centre) / (_sigma * Constants.Sqrt2));
}
