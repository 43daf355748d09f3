using System.Diagnostics;

namespace SmartCity.Benchmarks.Booking;

internal static class Measure
{
    public const int Rounds = 5;

    /// <summary>How often a second so many clients, each one after the other, got it done.</summary>
    public static async Task<double> RateAsync(int clients, TimeSpan time, Func<int, Task<bool>> act)
    {
        var (done, next, clock) = (0, -1, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed < time)
                if (await act(Interlocked.Increment(ref next))) Interlocked.Increment(ref done);
        })));
        return done / clock.Elapsed.TotalSeconds;
    }

    public static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    public static void Print(string what, double ratio, double goal, string detail) =>
        Console.WriteLine($"{what}: {ratio:F1}x (goal {goal:F0}x) {(ratio >= goal ? "met" : "MISSED")}  {detail}");
}
