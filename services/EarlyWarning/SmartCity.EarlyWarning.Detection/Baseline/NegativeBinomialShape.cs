using MathNet.Numerics;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Shape θ of negative binomial counts with known means (variance µ + µ²/θ): Newton's method on the likelihood, stopping where MASS <c>theta.ml</c> stops.</summary>
internal static class NegativeBinomialShape
{
    private static readonly double Enough = Math.Pow(2.2204460492503131e-16, 0.25);

    public static double MostLikely(double[] y, double[] mu)
    {
        double squares = 0;
        for (var i = 0; i < y.Length; i++)
            squares += (y[i] / mu[i] - 1) * (y[i] / mu[i] - 1);
        double theta = y.Length / squares, change = 1;
        for (var step = 1; step < 25 && Math.Abs(change) > Enough; step++)
        {
            theta = Math.Abs(theta);
            change = Step(theta, y, mu);
            theta += change;
        }

        return Math.Max(theta, 0);
    }

    public static double LogLikelihood(double theta, double[] mu, double[] y)
    {
        double sum = 0;
        for (var i = 0; i < y.Length; i++)
            sum += SpecialFunctions.GammaLn(theta + y[i]) - SpecialFunctions.GammaLn(theta) - SpecialFunctions.GammaLn(y[i] + 1)
                + theta * Math.Log(theta) + (y[i] == 0 ? 0 : y[i] * Math.Log(mu[i])) - (theta + y[i]) * Math.Log(theta + mu[i]);
        return sum;
    }

    private static double Step(double theta, double[] y, double[] mu)
    {
        double score = 0, information = 0, digamma = SpecialFunctions.DiGamma(theta), trigamma = TriGamma(theta);
        for (var i = 0; i < y.Length; i++)
        {
            var sum = mu[i] + theta;
            score += SpecialFunctions.DiGamma(theta + y[i]) - digamma + Math.Log(theta) + 1 - Math.Log(sum) - (y[i] + theta) / sum;
            information += -TriGamma(theta + y[i]) + trigamma - 1 / theta + 2 / sum - (y[i] + theta) / (sum * sum);
        }

        return score / information;
    }

    /// <summary>Second derivative of log Γ: recurrence to x ≥ 10, then the asymptotic series. MathNet has none.</summary>
    internal static double TriGamma(double x)
    {
        double sum = 0;
        for (; x < 10; x++)
            sum += 1 / (x * x);
        var r = 1 / (x * x);
        return sum + 1 / x + r / 2 + r / x * (1.0 / 6 - r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66 - r * 691.0 / 2730)))));
    }
}
