namespace SmartCity.EarlyWarning.Detection;

/// <summary>The answer of <see cref="LikelihoodRatioStream"/> or <see cref="GeneralizedLikelihoodRatioStream"/> for one value.</summary>
/// <param name="Day">Index of the value, 0 for the first.</param>
/// <param name="Observed">The count; NaN where it is missing.</param>
/// <param name="Mean">Its mean in control.</param>
/// <param name="Statistic">The log likelihood ratio of "changed since some day" against "in control".</param>
/// <param name="UpperBound">The count above which this value would alarm; NaN where it is not computed.</param>
/// <param name="ChangedSince">Index of the day since which the change is most likely; −1 without a sign of one.</param>
/// <param name="Factor">The factor on the mean that is tested or estimated.</param>
/// <param name="Alarm">Whether the statistic passed the limit; never for a missing value.</param>
public readonly record struct LikelihoodRatioResult(
    int Day, double Observed, double Mean, double Statistic, double UpperBound, int ChangedSince, double Factor, bool Alarm);

/// <summary>Likelihood-ratio CUSUM against a known factor on the mean, for Poisson or negative binomial counts with a mean that may vary.</summary>
/// <remarks>
/// <para>S = max(0, S + z), alarm when S &gt; c, then S starts again at 0. With κ = log(factor):</para>
/// <para>Poisson: z = κ·x + (1 − e^κ)·µ. Negative binomial, variance µ + α·µ²: z = κ·x + (x + 1/α)·log((1 + α·µ)/(1 + α·µ·e^κ)).</para>
/// <para>A missing value (NaN) leaves the sum as it is. Allocates nothing per value. Not thread-safe.</para>
/// <para>Source: Höhle, Paul (2008), Computational Statistics and Data Analysis 52; R surveillance <c>algo.glrnb</c> with given theta.</para>
/// </remarks>
public sealed class LikelihoodRatioStream
{
    private readonly double _factor;
    private readonly double _kappa;
    private readonly double _alpha;
    private readonly double _limit;
    private double _sum;
    private int _day;
    private int _since = -1;

    /// <summary>Starts at S = 0.</summary>
    /// <param name="factor">Factor on the mean to detect, above 1.</param>
    /// <param name="alpha">Overdispersion α of the negative binomial; 0 for Poisson.</param>
    /// <param name="limit">Limit c of the statistic.</param>
    public LikelihoodRatioStream(double factor, double alpha = 0, double limit = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(factor, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        (_factor, _kappa, _alpha, _limit) = (factor, Math.Log(factor), alpha, limit);
    }

    /// <summary>Takes the next value.</summary>
    /// <param name="observed">The count; NaN if it is missing.</param>
    /// <param name="mean">Its mean in control, above 0.</param>
    public LikelihoodRatioResult Next(double observed, double mean)
    {
        // z is linear in x: z = slope·x + constant.
        var log = _alpha == 0 ? 0 : Math.Log((1 + _alpha * mean) / (1 + _alpha * mean * _factor));
        var slope = _kappa + log;
        var constant = _alpha == 0 ? (1 - _factor) * mean : log / _alpha;
        var bound = Math.Max(0, (_limit - _sum - constant) / slope);

        var z = slope * observed + constant;
        if (!double.IsNaN(z))
        {
            var sum = Math.Max(0, _sum + z);
            _since = sum == 0 ? -1 : _since < 0 ? _day : _since;
            _sum = sum;
        }

        var alarm = !double.IsNaN(z) && _sum > _limit;
        var result = new LikelihoodRatioResult(_day++, observed, mean, _sum, bound, _since, _factor, alarm);
        if (alarm)
            (_sum, _since) = (0, -1);
        return result;
    }
}
