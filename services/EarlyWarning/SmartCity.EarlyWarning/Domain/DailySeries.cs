namespace SmartCity.EarlyWarning.Domain;

/// <summary>A value as then known.</summary>
/// <param name="Series">Its series.</param>
/// <param name="At">The start of its day or hour.</param>
/// <param name="Value">The value.</param>
internal readonly record struct KnownValue(int Series, DateTimeOffset At, double Value);

/// <summary>Makes one value a day of an area from the values of what lies in it. What was not observed is NaN: missing is not zero.</summary>
/// <remarks>
/// A stream with the city's own feed has a zero on days without news, from the first day of which anything is known to the last on which the feed was heard.
/// Elsewhere a series is expected from its first to its last day; where fewer than <see cref="EnoughReporting"/> of those expected have reported, the day is
/// not known, because a sum of half of them would look like a fall, and the return of the others like an outbreak.
/// </remarks>
internal static class DailySeries
{
    public const double EnoughReporting = 0.8;

    /// <param name="shape">How the stream behaves.</param>
    /// <param name="values">Values of all series of the area, in any order; a cumulative one from the day before the first.</param>
    /// <param name="first">The first day wanted.</param>
    /// <param name="days">How many days are wanted.</param>
    /// <param name="zeroFrom">From here a day without news is a zero, if the feed is the city's own.</param>
    /// <param name="zeroUntil">Up to here, included.</param>
    public static double[] Compose(StreamShape shape, IEnumerable<KnownValue> values, DateOnly first, int days, DateOnly zeroFrom, DateOnly zeroUntil)
    {
        var (sum, reported, expected) = (new double[days], new int[days], new int[days]);
        foreach (var series in values.GroupBy(value => value.Series))
        {
            var mine = ByDay(shape, series, first, days);
            var (from, to) = (Array.FindIndex(mine, value => !double.IsNaN(value)), Array.FindLastIndex(mine, value => !double.IsNaN(value)));
            for (var day = Math.Max(from, 0); day <= to; day++)
            {
                expected[day]++;
                if (double.IsNaN(mine[day])) continue;
                reported[day]++;
                sum[day] += mine[day];
            }
        }

        var result = new double[days];
        for (var day = 0; day < days; day++)
        {
            var date = first.AddDays(day);
            result[day] = shape.HasOwnFeed ? reported[day] > 0 || (date >= zeroFrom && date <= zeroUntil) ? sum[day] : double.NaN
                : reported[day] == 0 || reported[day] < EnoughReporting * expected[day] ? double.NaN
                : shape.IsMean ? sum[day] / reported[day]
                : sum[day];
        }

        return result;
    }

    /// <summary>Hours of a day are added up or averaged; totals so far become growth, which is not known on the day after a gap.</summary>
    private static double[] ByDay(StreamShape shape, IEnumerable<KnownValue> values, DateOnly first, int days)
    {
        // One day more in front, for the growth of the first.
        var (sum, count) = (new double[days + 1], new int[days + 1]);
        foreach (var value in values)
        {
            var day = CityDay.Of(value.At).DayNumber - first.DayNumber + 1;
            if (day < 0 || day > days) continue;
            sum[day] += value.Value;
            count[day]++;
        }

        var result = new double[days];
        for (var day = 1; day <= days; day++)
        {
            result[day - 1] = count[day] == 0 || (shape.IsCumulative && count[day - 1] == 0) ? double.NaN
                : shape.IsCumulative ? (sum[day] / count[day]) - (sum[day - 1] / count[day - 1])
                : shape.IsMean ? sum[day] / count[day]
                : sum[day];
        }

        return result;
    }
}
