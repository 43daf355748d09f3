namespace SmartCity.PlaceRegistration.Domain;

/// <summary>A time with a beginning (included) and an end (not included) after it. Tracing says the same in sets of rows; a test holds the two together.</summary>
internal sealed record Interval
{
    /// <exception cref="ArgumentException">The end is not after the beginning.</exception>
    public Interval(DateTimeOffset from, DateTimeOffset until)
    {
        if (until <= from) throw new ArgumentException("An interval ends after it begins.", nameof(until));
        (From, Until) = (from, until);
    }

    public DateTimeOffset From { get; }

    public DateTimeOffset Until { get; }

    /// <summary>The time that both share; null where they share none, as when one begins the moment the other ends.</summary>
    public Interval? Overlap(Interval other)
    {
        var (from, until) = (From > other.From ? From : other.From, Until < other.Until ? Until : other.Until);
        return from < until ? new Interval(from, until) : null;
    }
}
