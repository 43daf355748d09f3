using System.Collections.Frozen;
using System.Globalization;

namespace SmartCity.HealthCode.Domain;

/// <summary>A citizen ID number that keeps to GB 11643-1999: region (6 digits), birth date (8), sequence (3), check character (1).</summary>
internal readonly record struct CitizenNumber
{
    private const int Length = 18;

    /// <summary>Nobody who is alive was born before; catches slips that happen to fit the check character.</summary>
    private const int EarliestYear = 1800;

    private static readonly TimeSpan ChinaTime = TimeSpan.FromHours(8);

    /// <summary>First two digits of the region: provinces as in GB/T 2260, with 83 for residents from Taiwan and 91 for those from abroad.</summary>
    private static readonly FrozenSet<string> Provinces = FrozenSet.ToFrozenSet(
    [
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
        "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83", "91",
    ]);

    private CitizenNumber(string text) => Text = text;

    /// <summary>The number as the standard writes it: 18 characters, the last one a digit or an upper-case X.</summary>
    public string Text { get; }

    /// <summary>Digits 7 to 14.</summary>
    public DateOnly BirthDate => DateOnly.ParseExact(Text.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The decade of birth, 1970 for the seventies: all that is kept in clear of an age.</summary>
    public short BirthDecade => (short)(((Text[6] - '0') * 1000) + ((Text[7] - '0') * 100) + ((Text[8] - '0') * 10));

    /// <summary>The last digit of the sequence is odd for men.</summary>
    public bool IsMale => (Text[16] - '0') % 2 == 1;

    /// <summary>A number that was checked when it came in.</summary>
    public static CitizenNumber OfKept(string text) => new(text);

    /// <summary>Reads a number as people type it.</summary>
    /// <param name="text">What was typed; a lower-case x counts as X.</param>
    /// <param name="now">When it is read: nobody is born after this day in China.</param>
    /// <param name="number">The number, where the result is true.</param>
    public static bool TryParse(string text, DateTimeOffset now, out CitizenNumber number)
    {
        number = default;
        if (text.Length != Length || !text[..^1].All(char.IsAsciiDigit) || !Provinces.Contains(text[..2])) return false;
        if (!DateOnly.TryParseExact(text.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born)) return false;
        var today = DateOnly.FromDateTime(now.ToOffset(ChinaTime).DateTime);
        if (born.Year < EarliestYear || born > today || char.ToUpperInvariant(text[^1]) != CheckCharacter(text.AsSpan(0, 17))) return false;
        number = new CitizenNumber(text.ToUpperInvariant());
        return true;
    }

    /// <summary>The check character of 17 digits: ISO 7064, MOD 11-2.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        foreach (var digit in digits) sum = (sum + (digit - '0')) * 2 % 11;
        return "0123456789X"[(12 - sum) % 11];
    }

    /// <summary>Says nothing, so that no log or message does.</summary>
    public override string ToString() => nameof(CitizenNumber);
}
