namespace SmartCity.EarlyWarning.Detection;

/// <summary>How the upper bound follows from the fitted mean.</summary>
public enum FarringtonBound
{
    /// <summary>Normal interval after a power transformation, for a new observation and the error of the mean together.</summary>
    Delta,

    /// <summary>Quantile of the negative binomial distribution with the fitted mean and dispersion (Noufaily et al. 2013).</summary>
    NegativeBinomial,

    /// <summary>As <see cref="NegativeBinomial"/>, at the upper 1−α limit of the fitted mean.</summary>
    NegativeBinomialAtUpperMean,
}

/// <summary>Power transformation that makes counts nearly normal.</summary>
public enum PowerTransformation
{
    /// <summary>No transformation.</summary>
    None,

    /// <summary>Square root: stabilises the variance.</summary>
    SquareRoot,

    /// <summary>Power ⅔: removes the skewness.</summary>
    TwoThirds,
}

/// <summary>Whether a known mistake of the reference implementation is reproduced.</summary>
public enum ReferenceMode
{
    /// <summary>As the paper and the formulas say.</summary>
    Corrected,

    /// <summary>As R's package surveillance 1.20.3 answers, mistakes included.</summary>
    RCompatible,
}

/// <summary>Settings of <see cref="FarringtonFlexible"/> and <see cref="Farrington1996"/>.</summary>
public sealed record FarringtonOptions
{
    /// <summary>Farrington et al. (1996): two-sided α, all outliers down-weighted, trend only if significant.</summary>
    public static FarringtonOptions Original { get; } = new() { WeightsThreshold = 1 };

    /// <summary>Defaults of R's farringtonFlexible: as the original with one-sided α and down-weighting above 2.58.</summary>
    public static FarringtonOptions Flexible { get; } = new();

    /// <summary>Noufaily et al. (2013), in use at the UK's public health agency: ten seasonal blocks, the last 26 weeks left out, always a trend, quantile of the negative binomial.</summary>
    public static FarringtonOptions Noufaily { get; } = new()
    {
        Periods = 10, PastWeeksExcluded = 26, TrendPValue = 1, Bound = FarringtonBound.NegativeBinomial,
    };

    /// <summary>As <see cref="Noufaily"/>, with the error of the mean in the bound (Salmon, Schumacher, Höhle 2016).</summary>
    public static FarringtonOptions Muan { get; } = Noufaily with { Bound = FarringtonBound.NegativeBinomialAtUpperMean };

    /// <summary>Years of history (b), at least 1.</summary>
    public int Years { get; init; } = 5;

    /// <summary>Weeks to either side of each anniversary (w).</summary>
    public int HalfWindow { get; init; } = 3;

    /// <summary>Whether past outbreaks lose weight.</summary>
    public bool Reweight { get; init; } = true;

    /// <summary>Standardised Anscombe residual above which a week loses weight.</summary>
    public double WeightsThreshold { get; init; } = 2.58;

    /// <summary>Probability of a false alarm per week: one-sided in <see cref="FarringtonFlexible"/>, both sides together in <see cref="Farrington1996"/>.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Whether a linear trend is fitted where the data allow it (at least three years, no extrapolation above the largest count).</summary>
    public bool Trend { get; init; } = true;

    /// <summary>p-value below which the trend stays.</summary>
    public double TrendPValue { get; init; } = 0.05;

    /// <summary>Fewer cases than this in the last <see cref="MinCasesWeeks"/> weeks never alarm.</summary>
    public int MinCases { get; init; } = 5;

    /// <summary>Weeks over which <see cref="MinCases"/> counts, the current one included; at least 1.</summary>
    public int MinCasesWeeks { get; init; } = 4;

    /// <summary>Transformation of the <see cref="FarringtonBound.Delta"/> bound.</summary>
    public PowerTransformation Power { get; init; } = PowerTransformation.TwoThirds;

    /// <summary>Blocks a year is divided into; 1 uses the windows around the anniversaries only.</summary>
    public int Periods { get; init; } = 1;

    /// <summary>Weeks before the current one that stay out of the baseline, so that a starting outbreak does not hide itself.</summary>
    public int PastWeeksExcluded { get; init; } = 3;

    /// <summary>The kind of bound.</summary>
    public FarringtonBound Bound { get; init; }

    /// <summary>Whether R's mistakes are reproduced; see <see cref="FarringtonFlexible"/>.</summary>
    public ReferenceMode Mode { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Years, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(HalfWindow);
        ArgumentOutOfRangeException.ThrowIfNegative(MinCases);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinCasesWeeks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Periods, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(PastWeeksExcluded);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(WeightsThreshold);
        if (Alpha is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "A probability between 0 and 1.");
    }
}
