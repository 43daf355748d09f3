using MathNet.Numerics.Distributions;

namespace SmartCity.EarlyWarning.Detection;

/// <summary>Cases of one day as they will stand when all reports are in.</summary>
/// <param name="Day">Index of the day.</param>
/// <param name="Reported">Cases known now.</param>
/// <param name="ReportedShare">Share of the day's cases that is expected to be known by now; NaN where the delays are unknown.</param>
/// <param name="Expected">Expected final number.</param>
/// <param name="Lower">Lower end of the prediction interval.</param>
/// <param name="Upper">Upper end of the prediction interval.</param>
public readonly record struct NowcastDay(int Day, double Reported, double ReportedShare, double Expected, double Lower, double Upper);

/// <summary>Corrects the latest days for reports that are still to come.</summary>
/// <remarks>
/// <para>Reverse hazard of delay d: g(d) = Σ n(t, d) / Σ n(t, ≤ d) over the days whose delay d can be known by now; share reported by delay d: F(d) = Π (k &gt; d) (1 − g(k)).</para>
/// <para>With n cases reported and share F, the unreported ones are negative binomial with size n + 1 and probability F (uniform prior on the final number),
/// so Expected = (n + 1)/F − 1, and a day without a report yet is not taken for a day without a case.</para>
/// <para>A share of 0 (no case was ever reported so early) has no upper limit: Expected and Upper are infinite. Source: Lawless (1994), Canadian Journal of Statistics 22; Höhle, an der Heiden (2014), Biometrics 70.</para>
/// </remarks>
public static class Nowcast
{
    /// <summary>Estimates the final numbers of all days.</summary>
    /// <param name="reports">Cases by day (first index, ending today) and delay in days (second index, from 0). Cells after today are not read.</param>
    /// <param name="coverage">Probability that the interval holds the final number.</param>
    public static NowcastDay[] Estimate(double[,] reports, double coverage = 0.95)
    {
        if (coverage is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(coverage), coverage, "A probability between 0 and 1.");
        var (days, delays) = (reports.GetLength(0), reports.GetLength(1));
        var share = ReportedShares(reports);
        var result = new NowcastDay[days];
        for (var day = 0; day < days; day++)
        {
            var known = Math.Min(days - 1 - day, delays - 1);
            double reported = 0;
            for (var d = 0; d <= known; d++)
                reported += reports[day, d];
            result[day] = Day(day, reported, share[known], (1 - coverage) / 2);
        }

        return result;
    }

    private static double[] ReportedShares(double[,] reports)
    {
        var (days, delays) = (reports.GetLength(0), reports.GetLength(1));
        var share = new double[delays];
        share[^1] = 1;
        for (var d = delays - 1; d > 0; d--)
        {
            double now = 0, upToNow = 0;
            for (var day = 0; day + d < days; day++)
            {
                now += reports[day, d];
                for (var k = 0; k <= d; k++)
                    upToNow += reports[day, k];
            }

            share[d - 1] = upToNow == 0 ? double.NaN : share[d] * (1 - now / upToNow);
        }

        return share;
    }

    private static NowcastDay Day(int day, double reported, double share, double tail)
    {
        if (share == 1)
            return new(day, reported, 1, reported, reported, reported);
        if (!(share > 0))
            return new(day, reported, share, double.PositiveInfinity, reported, double.PositiveInfinity);
        var unreported = CountDistribution.NegativeBinomial(reported + 1, share);
        return new(day, reported, share, (reported + 1) / share - 1,
            reported + unreported.Quantile(tail, Normal.InvCDF(0, 1, tail)),
            reported + unreported.Quantile(1 - tail, Normal.InvCDF(0, 1, 1 - tail)));
    }
}
