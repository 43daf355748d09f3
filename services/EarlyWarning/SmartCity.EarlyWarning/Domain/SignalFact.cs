namespace SmartCity.EarlyWarning.Domain;

/// <summary>
/// One thing that counts in a signal: a case, an exposure, an hour's visits, a report. What was said last holds, in whatever order it is heard;
/// a withdrawal that comes first waits for what it withdraws.
/// </summary>
internal sealed class SignalFact
{
    public required SignalStream Stream { get; init; }

    /// <summary>The fact's natural key in its stream.</summary>
    public required string Key { get; init; }

    /// <summary>What kind within the stream; empty where it has none.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The grid cell; null where none is known: the fact counts for the city only.</summary>
    public string? Cell { get; set; }

    /// <summary>The day it counts on; null for a withdrawal of something not heard of yet.</summary>
    public DateOnly? Day { get; set; }

    /// <summary>How much it counts: 1, or a number of visits; 0 once withdrawn.</summary>
    public int Value { get; set; }

    /// <summary>When this was said, UTC.</summary>
    public DateTimeOffset AsOf { get; set; }

    /// <summary>Takes over what was said, unless something later is known.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool State(string kind, string? cell, DateOnly day, int value, DateTimeOffset asOf)
    {
        if (asOf <= AsOf) return false;
        (Kind, Cell, Day, Value, AsOf) = (kind, cell, day, value, asOf.ToUniversalTime());
        return true;
    }

    /// <summary>Takes the fact back, unless something later is known.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Withdraw(DateTimeOffset asOf)
    {
        if (asOf <= AsOf) return false;
        (Value, AsOf) = (0, asOf.ToUniversalTime());
        return true;
    }
}
