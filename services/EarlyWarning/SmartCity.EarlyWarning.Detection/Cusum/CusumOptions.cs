namespace SmartCity.EarlyWarning.Detection;

/// <summary>How a count is standardised to mean 0 and variance about 1.</summary>
public enum Standardisation
{
    /// <summary>(x − m) / √m.</summary>
    Poisson,

    /// <summary>(x − 3m + 2√(x·m)) / (2√m), Rossi et al. (1999): more symmetric for small means.</summary>
    Rossi,

    /// <summary>1.5·(x^⅔ − m^⅔) / m^⅙, the Anscombe residual.</summary>
    Anscombe,
}

/// <summary>Settings of <see cref="CusumStream"/>.</summary>
public sealed record CusumOptions
{
    /// <summary>The settings of R's <c>algo.cusum</c> before version 1.25: the sum goes on after an alarm, and a mean of zero has no answer.</summary>
    public static CusumOptions RCompatible { get; } = new() { ResetAfterAlarm = false, MinMean = 0 };

    /// <summary>Reference value k: excess that is forgiven each time, in standard deviations.</summary>
    public double K { get; init; } = 1.04;

    /// <summary>Decision limit h, in standard deviations.</summary>
    public double H { get; init; } = 2.26;

    /// <summary>The standardisation.</summary>
    public Standardisation Standardisation { get; init; }

    /// <summary>Whether the sum starts again at zero after an alarm.</summary>
    public bool ResetAfterAlarm { get; init; } = true;

    /// <summary>Floor of the mean in cases, so that one case after a silent past does not alarm by division by zero.</summary>
    public double MinMean { get; init; } = 0.1;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(K);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(H);
        ArgumentOutOfRangeException.ThrowIfNegative(MinMean);
    }
}
