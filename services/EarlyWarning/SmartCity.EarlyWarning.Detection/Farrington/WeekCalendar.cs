namespace SmartCity.EarlyWarning.Detection;

/// <summary>Which week of a series is "the same week, n years before".</summary>
public sealed class WeekCalendar
{
    private const int WeeksAYear = 52;
    private readonly DateOnly[]? _dates;
    private readonly Dictionary<DateOnly, int>? _position;

    private WeekCalendar(DateOnly[]? dates)
    {
        _dates = dates;
        if (dates is null)
            return;
        _position = new(dates.Length);
        for (var i = 0; i < dates.Length; i++)
            if (!_position.TryAdd(dates[i], i) || (i > 0 && dates[i] <= dates[i - 1]))
                throw new ArgumentException("Dates must ascend and be different.", nameof(dates));
    }

    /// <summary>Weeks without dates: a year is 52 weeks.</summary>
    public static WeekCalendar Unnamed { get; } = new(null);

    /// <summary>Weeks by the date of one fixed weekday: the same weekday nearest to the date n years before.</summary>
    /// <param name="dates">Date of each week of the series, ascending.</param>
    public static WeekCalendar ByDate(IEnumerable<DateOnly> dates) => new([.. dates]);

    /// <summary>Weeks since the first, by date where dates are known.</summary>
    internal double Time(int week) => _dates is null ? week : (_dates[week].DayNumber - _dates[0].DayNumber) / 7.0;

    /// <summary>Position of the week that is some weeks off the anniversary n years before; null where the series has no such week.</summary>
    internal int? Anniversary(int week, int years, int offset)
    {
        if (_dates is null)
            return week - WeeksAYear * years + offset is >= 0 and var at ? at : null;

        var today = _dates[week];
        // 29 February goes to 1 March, as R's seq by year does; AddYears would go to 28 February.
        var shifted = new DateOnly(today.Year - years, today.Month, 1).AddDays(today.Day - 1);
        var forward = ((int)today.DayOfWeek - (int)shifted.DayOfWeek + 7) % 7;
        var nearest = shifted.AddDays(forward <= 3 ? forward : forward - 7).AddDays(7 * offset);
        return _position!.TryGetValue(nearest, out var position) ? position : null;
    }
}
