namespace SmartCity.EarlyWarning.Detection;

/// <summary>Generalised likelihood ratio: both the day of the change and the factor on the mean are estimated.</summary>
/// <remarks>
/// <para>S(n) = max over k ≤ n of max over κ ≥ 0 of Σ (i = k…n) z(i; κ), with z as in <see cref="LikelihoodRatioStream"/>; alarm when S ≥ c, then the history starts anew.</para>
/// <para>Poisson: κ = max(0, log(Σx/Σµ)). Negative binomial: κ by Newton's method on the score Σ (x − e^κµ)/(1 + α·e^κµ).</para>
/// <para>Work grows with the square of the days since the last alarm (negative binomial), so give a window for long streams. Missing values (NaN) are left out. Not thread-safe.</para>
/// <para>Source: Höhle, Paul (2008), Computational Statistics and Data Analysis 52; R surveillance <c>algo.glrnb</c> without theta.</para>
/// </remarks>
public sealed class GeneralizedLikelihoodRatioStream
{
    private readonly double _alpha;
    private readonly double _limit;
    private readonly int _window;
    private readonly List<(int Day, double Count, double Mean)> _past = [];
    private int _day;

    /// <summary>Starts with an empty history.</summary>
    /// <param name="alpha">Overdispersion α of the negative binomial; 0 for Poisson.</param>
    /// <param name="limit">Limit c of the statistic.</param>
    /// <param name="window">Days to look back for the change; all since the last alarm if left out.</param>
    public GeneralizedLikelihoodRatioStream(double alpha = 0, double limit = 5, int window = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        (_alpha, _limit, _window) = (alpha, limit, window);
    }

    /// <summary>Takes the next value.</summary>
    /// <param name="observed">The count; NaN if it is missing.</param>
    /// <param name="mean">Its mean in control, above 0.</param>
    public LikelihoodRatioResult Next(double observed, double mean)
    {
        var missing = double.IsNaN(observed) || double.IsNaN(mean);
        if (!missing)
            _past.Add((_day, observed, mean));
        if (_past.Count > _window)
            _past.RemoveAt(0);

        var (statistic, since, kappa) = _alpha == 0 ? MostLikelyPoisson() : MostLikely();
        var alarm = !missing && statistic >= _limit;
        if (alarm)
            _past.Clear();
        return new(_day++, observed, mean, statistic, double.NaN, statistic > 0 ? since : -1, Math.Exp(kappa), alarm);
    }

    private (double Statistic, int Since, double Kappa) MostLikelyPoisson()
    {
        (double Statistic, int Since, double Kappa) best = (0, -1, 0);
        double counts = 0, means = 0;
        for (var k = _past.Count - 1; k >= 0; k--)
        {
            counts += _past[k].Count;
            means += _past[k].Mean;
            var kappa = Math.Max(0, Math.Log(counts / means));
            var statistic = kappa * counts + (1 - Math.Exp(kappa)) * means;
            if (statistic > best.Statistic)
                best = (statistic, _past[k].Day, kappa);
        }

        return best;
    }

    private (double Statistic, int Since, double Kappa) MostLikely()
    {
        (double Statistic, int Since, double Kappa) best = (0, -1, 0);
        double counts = 0, means = 0;
        for (var k = _past.Count - 1; k >= 0; k--)
        {
            counts += _past[k].Count;
            means += _past[k].Mean;
            // The score at κ = 0 decides whether the maximum lies above 0; it is 0 there otherwise.
            if (Score(k, 1).Score <= 0)
                continue;
            var kappa = Maximise(k, Math.Max(0.1, Math.Log(counts / means)));
            var statistic = LogRatio(k, kappa);
            if (statistic > best.Statistic)
                best = (statistic, _past[k].Day, kappa);
        }

        return best;
    }

    private double Maximise(int from, double kappa)
    {
        for (var step = 0; step < 100; step++)
        {
            var (score, information) = Score(from, Math.Exp(kappa));
            var next = Math.Max(0, kappa + score / information);
            if (Math.Abs(next - kappa) < 1e-9)
                return next;
            kappa = next;
        }

        return kappa;
    }

    private (double Score, double Information) Score(int from, double factor)
    {
        double score = 0, information = 0;
        for (var i = from; i < _past.Count; i++)
        {
            var (_, x, mu) = _past[i];
            var scale = 1 / (1 + _alpha * factor * mu);
            score += (x - factor * mu) * scale;
            information += mu * (_alpha * x + 1) * scale * scale;
        }

        return (score, factor * information);
    }

    private double LogRatio(int from, double kappa)
    {
        double sum = 0, factor = Math.Exp(kappa);
        for (var i = from; i < _past.Count; i++)
        {
            var (_, x, mu) = _past[i];
            sum += kappa * x + (x + 1 / _alpha) * Math.Log((1 + _alpha * mu) / (1 + _alpha * mu * factor));
        }

        return sum;
    }
}
