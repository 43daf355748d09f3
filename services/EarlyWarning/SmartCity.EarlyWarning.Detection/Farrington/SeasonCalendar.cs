namespace SmartCity.EarlyWarning.Detection;

/// <summary>Which value of a series is "the same time, n years before". Weekly unless said otherwise; months and days work too.</summary>
public sealed class SeasonCalendar
{
    private readonly int _perYear;
    private readonly DateOnly[]? _dates;
    private readonly Dictionary<DateOnly, int>? _position;

    private SeasonCalendar(int perYear, DateOnly[]? dates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perYear, 1);
        (_perYear, _dates) = (perYear, dates);
        if (dates is null)
            return;
        _position = new(dates.Length);
        for (var i = 0; i < dates.Length; i++)
            if (!_position.TryAdd(dates[i], i) || (i > 0 && dates[i] <= dates[i - 1]))
                throw new ArgumentException("Dates must ascend and be different.", nameof(dates));
    }

    /// <summary>Weeks without dates: a year is 52 weeks.</summary>
    public static SeasonCalendar Weekly { get; } = new(52, null);

    /// <summary>Values without dates.</summary>
    /// <param name="perYear">Values a year.</param>
    public static SeasonCalendar PerYear(int perYear) => new(perYear, null);

    /// <summary>Weeks by the date of one fixed weekday: the same weekday nearest to the date n years before.</summary>
    /// <param name="dates">Date of each value of the series, ascending.</param>
    /// <param name="perYear">52 for weeks; 12 for months (the same month), anything else for days (the same date).</param>
    public static SeasonCalendar ByDate(IEnumerable<DateOnly> dates, int perYear = 52) => new(perYear, [.. dates]);

    /// <summary>Time since the first value in steps of the series, by date where dates are known.</summary>
    internal double Time(int index) => _dates is null || _dates.Length < 2
        ? index
        : (double)(_dates[index].DayNumber - _dates[0].DayNumber) / (_dates[1].DayNumber - _dates[0].DayNumber);

    /// <summary>Position of the value that is some steps off the anniversary n years before; null where the series has none.</summary>
    internal int? Anniversary(int index, int years, int offset)
    {
        if (_dates is null)
            return index - _perYear * years + offset is >= 0 and var at ? at : null;

        var today = _dates[index];
        // 29 February goes to 1 March, as R's seq by year does; AddYears would go to 28 February.
        var shifted = new DateOnly(today.Year - years, today.Month, 1).AddDays(today.Day - 1);
        var date = _perYear switch
        {
            52 => SameWeekday(shifted, today.DayOfWeek).AddDays(7 * offset),
            12 => shifted.AddMonths(offset),
            _ => shifted.AddDays(offset),
        };
        return _position!.TryGetValue(date, out var position) ? position : null;
    }

    private static DateOnly SameWeekday(DateOnly date, DayOfWeek weekday)
    {
        var forward = ((int)weekday - (int)date.DayOfWeek + 7) % 7;
        return date.AddDays(forward <= 3 ? forward : forward - 7);
    }
}
