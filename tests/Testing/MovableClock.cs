namespace SmartCity.Testing;

/// <summary>A clock that stands still until the test moves it. Timers and durations stay real, so that nothing hangs.</summary>
/// <param name="now">Where it starts.</param>
public sealed class MovableClock(DateTimeOffset now) : TimeProvider
{
    private readonly Lock gate = new();
    private DateTimeOffset now = now;

    /// <summary>Moves by an amount, also backwards.</summary>
    public void Advance(TimeSpan by)
    {
        lock (gate) now += by;
    }

    /// <summary>Moves to a moment.</summary>
    public void Set(DateTimeOffset to)
    {
        lock (gate) now = to;
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }
}
