using System.Globalization;

namespace SmartCity.Portal.Web;

/// <summary>Times as people of the city read and write them: UTC+8, which has had no summer time since 1991.</summary>
internal static class LocalTime
{
    /// <summary>How a form's <c>datetime-local</c> field writes.</summary>
    private static readonly string[] Written = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    private static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static string Of(DateTimeOffset moment, bool dateOnly = false)
    {
        var format = Preferences.IsChinese
            ? dateOnly ? "yyyy年M月d日" : "yyyy年M月d日 HH:mm"
            : dateOnly ? "d MMM yyyy" : "d MMM yyyy, HH:mm";
        return moment.ToOffset(Offset).ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>From when until when; a day is said once.</summary>
    public static string Of(DateTimeOffset from, DateTimeOffset until) => from.ToOffset(Offset).Date == until.ToOffset(Offset).Date
        ? $"{Of(from)} – {until.ToOffset(Offset).ToString("HH:mm", CultureInfo.InvariantCulture)}"
        : $"{Of(from)} – {Of(until)}";

    /// <summary>For the value of a <c>datetime-local</c> field.</summary>
    public static string ForField(DateTimeOffset moment) => moment.ToOffset(Offset).ToString(Written[0], CultureInfo.InvariantCulture);

    /// <summary>Reads such a field; null where it is empty or no time.</summary>
    public static DateTimeOffset? FromField(string? text) =>
        DateTime.TryParseExact(text, Written, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new DateTimeOffset(local, Offset).ToUniversalTime() : null;
}
