using SmartCity.ServiceDefaults;

namespace SmartCity.Gateway;

/// <summary>
/// The city's clock, for drills and the replay of an outbreak: an operator reads and moves it. Exists only where <c>Clock:File</c> is configured;
/// a city that is not simulated has no such door.
/// </summary>
internal static class SimulatedClock
{
    private const string Path = "/operations/v1/clock";

    public static void Map(WebApplication app)
    {
        if (app.Configuration["Clock:File"] is not { Length: > 0 } file) return;

        app.MapGet(Path, (TimeProvider clock) => new Reading(clock.GetUtcNow())).WithName("ReadClock").Allow(Roles.Operator);
        app.MapPut(Path, (Reading to) =>
        {
            CityClock.Move(file, to.Now);
            return to;
        }).WithName("MoveClock").Allow(Roles.Operator);
    }

    /// <param name="Now">The city's time, UTC. Every process sees a move after 50 ms at the latest.</param>
    internal sealed record Reading(DateTimeOffset Now);
}
