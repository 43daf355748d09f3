namespace SmartCity.PlaceRegistration.Domain;

/// <summary>When somebody was or is at a place, within the limits: a visit handed in late is history, a live one asks for admission.</summary>
/// <param name="ArrivedAt">To the millisecond.</param>
/// <param name="LeftAt">Not included; null while they are there.</param>
/// <param name="IsLate">Handed in after the fact.</param>
internal sealed record Stay(DateTimeOffset ArrivedAt, DateTimeOffset? LeftAt, bool IsLate)
{
    /// <summary>Checks what a client says; a null beginning is now.</summary>
    /// <param name="fault">The problem's code where the answer is null.</param>
    /// <param name="field">The request's member that is wrong.</param>
    public static Stay? From(DateTimeOffset? at, DateTimeOffset? until, DateTimeOffset now, VisitLimits limits, out string fault, out string field)
    {
        var arrivedAt = Truncate(at ?? now);
        (fault, field) = arrivedAt > now + limits.ClockSkew ? ("time_in_future", "at")
            : arrivedAt < now.AddDays(-limits.OldestDays) ? ("visit_too_old", "at")
            : until is { } end ? (FaultOfEnd(arrivedAt, end, now, limits) ?? "", "until")
            : ("", "");
        return fault.Length > 0 ? null : new Stay(arrivedAt, until is { } left ? Truncate(left) : null, arrivedAt < now - limits.ClockSkew);
    }

    /// <summary>What is wrong with the end of a stay, as a problem's code; null if nothing.</summary>
    public static string? FaultOfEnd(DateTimeOffset arrivedAt, DateTimeOffset leftAt, DateTimeOffset now, VisitLimits limits) =>
        Truncate(leftAt) <= arrivedAt ? "stay_reversed"
        : leftAt > now + limits.ClockSkew ? "time_in_future"
        : leftAt - arrivedAt > limits.Longest ? "stay_too_long"
        : null;

    public static DateTimeOffset Truncate(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
