namespace SmartCity.HealthCode.CertLogic;

/// <summary>
/// Date-times as CertLogic 1.3.3 has them ("Offset date-time", "DCC Date of birth"): milliseconds since 1970 in the proleptic Gregorian
/// calendar, offset by ECMAScript's rules, where a day or month beyond its range runs over into the next.
/// </summary>
internal static class LogicTime
{
    private const long MillisecondsPerHour = 3_600_000;
    private const long MillisecondsPerDay = 24 * MillisecondsPerHour;

    /// <summary>The ends of ECMAScript's time values (ECMA-262 §21.4.1.1).</summary>
    private const long Limit = 8_640_000_000_000_000;

    /// <summary>A date of birth, of which month or day may be unknown: the last date that it can be.</summary>
    public static bool TryParseBirth(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length is not (4 or 7 or 10) || !TryDigits(text, 0, 4, out var year))
            return false;
        int month = 12, day;
        if (text.Length >= 7 && !(text[4] == '-' && TryDigits(text, 5, 2, out month) && month is >= 1 and <= 12))
            return false;
        var lastDay = DaysIn(year, month);
        day = lastDay;
        if (text.Length == 10 && !(text[7] == '-' && TryDigits(text, 8, 2, out day) && day >= 1 && day <= lastDay))
            return false;
        milliseconds = DaysUntil(year, month, day) * MillisecondsPerDay;
        return true;
    }

    /// <summary>Any of the 19 formats of the specification. What is finer than a millisecond is cut off.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds)
    {
        if (text.Length <= 10)
            return TryParseBirth(text, out milliseconds);
        if (!TryParseBirth(text[..10], out milliseconds)
            || text.Length < 19 || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !TryDigits(text, 11, 2, out var hour) || !TryDigits(text, 14, 2, out var minute) || !TryDigits(text, 17, 2, out var second)
            || hour > 23 || minute > 59 || second > 59)
            return false;
        milliseconds += hour * MillisecondsPerHour + minute * 60_000 + second * 1_000;
        return TryAddFraction(ref text, 19, ref milliseconds) && TrySubtractOffset(text, ref milliseconds);
    }

    /// <summary>Adds a number of years, months, days or hours; false when the result leaves the range or the unit is none.</summary>
    public static bool TryAdd(long milliseconds, long amount, string unit, out long result)
    {
        result = milliseconds;
        if (amount == 0)
            return true;
        // Beyond this no unit stays in range, and below it nothing here overflows.
        if (Math.Abs(amount) > Limit / MillisecondsPerHour * 2)
            return false;
        result = unit switch
        {
            "hour" => milliseconds + amount * MillisecondsPerHour,
            "day" when Math.Abs(amount) < Limit / MillisecondsPerDay * 2 => milliseconds + amount * MillisecondsPerDay,
            "month" when Math.Abs(amount) < 10_000_000 => AddMonths(milliseconds, amount),
            "year" when Math.Abs(amount) < 1_000_000 => AddMonths(milliseconds, amount * 12),
            _ => long.MaxValue,
        };
        return result is >= -Limit and <= Limit;
    }

    private static long AddMonths(long milliseconds, long amount)
    {
        var days = Math.DivRem(milliseconds, MillisecondsPerDay, out var timeOfDay);
        if (timeOfDay < 0)
        {
            timeOfDay += MillisecondsPerDay;
            days--;
        }
        var (year, month, day) = DateOf(days);
        var months = year * 12 + (month - 1) + amount;
        var newYear = Math.DivRem(months, 12, out var newMonth);
        if (newMonth < 0)
        {
            newMonth += 12;
            newYear--;
        }
        return (DaysUntil(newYear, (int)newMonth + 1, 1) + day - 1) * MillisecondsPerDay + timeOfDay;
    }

    private static bool TryAddFraction(ref ReadOnlySpan<char> text, int position, ref long milliseconds)
    {
        text = text[position..];
        if (text.IsEmpty || text[0] != '.')
            return true;
        var end = 1;
        for (var unit = 100; end < text.Length && char.IsAsciiDigit(text[end]); unit /= 10)
            milliseconds += (text[end++] - '0') * unit;
        text = text[end..];
        return end > 1;
    }

    // Z, nothing (taken as Z), or a sign with h, hh, hmm, hhmm, h:mm, hh:mm.
    private static bool TrySubtractOffset(ReadOnlySpan<char> text, ref long milliseconds)
    {
        if (text.IsEmpty || text is "Z")
            return true;
        if (text[0] is not ('+' or '-') || text.Length < 2)
            return false;
        var digits = text[1..];
        var colon = digits.IndexOf(':');
        var hourLength = colon >= 0 ? colon : digits.Length > 2 ? digits.Length - 2 : digits.Length;
        var minutes = colon >= 0 ? digits[(colon + 1)..] : digits[hourLength..];
        var minute = 0;
        if (hourLength is not (1 or 2) || !TryDigits(digits, 0, hourLength, out var hour)
            || (colon >= 0 || !minutes.IsEmpty) && !(minutes.Length == 2 && TryDigits(minutes, 0, 2, out minute))
            || hour > 23 || minute > 59)
            return false;
        var offset = hour * MillisecondsPerHour + minute * 60_000;
        milliseconds += text[0] == '+' ? -offset : offset;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, int start, int length, out int number)
    {
        number = 0;
        foreach (var character in text.Slice(start, length))
        {
            if (!char.IsAsciiDigit(character))
                return false;
            number = number * 10 + (character - '0');
        }
        return true;
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    // Counting years from March puts the leap day at their end; 400 years are 146,097 days, and 1970-01-01 is day 719,468 from 0000-03-01.
    private static long DaysUntil(long year, int month, int day)
    {
        if (month <= 2)
            year--;
        var era = (year >= 0 ? year : year - 399) / 400;
        var yearOfEra = year - era * 400;
        var dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
    }

    private static (long Year, int Month, int Day) DateOf(long days)
    {
        days += 719_468;
        var era = (days >= 0 ? days : days - 146_096) / 146_097;
        var dayOfEra = days - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = (int)(dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100));
        var shifted = (5 * dayOfYear + 2) / 153;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1);
    }
}
