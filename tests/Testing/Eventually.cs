using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SmartCity.Testing;

/// <summary>Waits for what happens in another process or thread, and says what did not happen.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Returns once the condition holds.</summary>
    public static Task Async(Func<bool> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Async(() => Task.FromResult(condition()), timeout, what);

    /// <summary>Returns once the condition holds.</summary>
    public static async Task Async(
        Func<Task<bool>> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (timeout ?? Patience)) throw new TimeoutException($"After {clock.Elapsed.TotalSeconds:F1} s still not: {what}");
            await Task.Delay(Pause);
        }
    }
}
