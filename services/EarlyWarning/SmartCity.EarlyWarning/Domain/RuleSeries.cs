namespace SmartCity.EarlyWarning.Domain;

/// <summary>The values that a rule judges, made from daily ones: weeks for weekly detectors, known outbreaks left out.</summary>
internal static class RuleSeries
{
    /// <summary>The last day of the last whole week before a day, weeks ending on Sunday.</summary>
    public static DateOnly LastSundayBefore(DateOnly today) => today.AddDays(today.DayOfWeek == DayOfWeek.Sunday ? -7 : -(int)today.DayOfWeek);

    /// <summary>Weeks as sums of their days; a week with a day that is missing is missing.</summary>
    public static double[] ByWeek(ReadOnlySpan<double> days)
    {
        var weeks = new double[days.Length / 7];
        for (var week = 0; week < weeks.Length; week++)
            foreach (var day in days.Slice(week * 7, 7))
                weeks[week] += day;
        return weeks;
    }

    /// <summary>The same values with NaN wherever an outbreak is known.</summary>
    public static double[] WithoutOutbreaks(double[] values, DateOnly first, int daysPerValue, IEnumerable<KnownOutbreak> outbreaks)
    {
        var without = (double[])values.Clone();
        foreach (var outbreak in outbreaks)
        {
            var from = Math.Max(0, (outbreak.From.DayNumber - first.DayNumber) / daysPerValue);
            var until = Math.Min(values.Length - 1, (outbreak.Until.DayNumber - first.DayNumber) / daysPerValue);
            if (outbreak.Until < first) continue;
            for (var i = from; i <= until; i++) without[i] = double.NaN;
        }

        return without;
    }
}
