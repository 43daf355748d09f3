namespace SmartCity.EarlyWarning.Domain;

/// <summary>The city's calendar: days begin at midnight, UTC+8, which has had no summer time since 1991.</summary>
internal static class CityDay
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static DateOnly Of(DateTimeOffset moment) => DateOnly.FromDateTime(moment.ToOffset(Offset).DateTime);

    /// <summary>When the day begins, UTC.</summary>
    public static DateTimeOffset Start(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Offset).ToUniversalTime();
}
