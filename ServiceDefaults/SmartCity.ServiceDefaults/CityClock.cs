using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// The city's time: the system's, or, where <c>Clock:File</c> names a file, the system's moved by the offset that the file holds
/// (a <see cref="TimeSpan"/> in the constant format, for example <c>-89.04:00:00</c>), so that a simulator can run a season in minutes.
/// Timers and time-stamps for durations are never moved.
/// </summary>
/// <remarks>Tokens live in real time: authentication uses <see cref="TimeProvider.System"/> whatever the city's clock says.</remarks>
public sealed class CityClock : TimeProvider
{
    /// <summary>How long a moved clock may go unnoticed.</summary>
    public static readonly TimeSpan MaxLag = TimeSpan.FromMilliseconds(50);

    private readonly string file;
    private Reading reading = new(default, TimeSpan.Zero, CheckedAt: 0);

    private CityClock(string file) => this.file = file;

    /// <summary>The clock that the configuration asks for.</summary>
    public static TimeProvider From(IConfiguration configuration) =>
        configuration["Clock:File"] is { Length: > 0 } file ? new CityClock(file) : System;

    /// <summary>Moves the clock of every process that reads the same file.</summary>
    /// <param name="file">The value of <c>Clock:File</c>.</param>
    /// <param name="now">What the time is to be from now on, UTC.</param>
    public static void Move(string file, DateTimeOffset now)
    {
        // A reader sees the old offset or the new one, never half of it.
        var scratch = $"{file}.{Environment.ProcessId}";
        File.WriteAllText(scratch, (now - System.GetUtcNow()).ToString("c", CultureInfo.InvariantCulture));
        File.Move(scratch, file, overwrite: true);
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset();

    private TimeSpan Offset()
    {
        var current = reading;
        var ticks = Environment.TickCount64;
        if (ticks - current.CheckedAt < MaxLag.TotalMilliseconds) return current.Offset;

        var written = File.GetLastWriteTimeUtc(file);
        var offset = written == current.Written ? current.Offset
            : File.Exists(file) && TimeSpan.TryParseExact(File.ReadAllText(file), "c", CultureInfo.InvariantCulture, out var read) ? read
            : TimeSpan.Zero;
        reading = new Reading(written, offset, ticks);
        return offset;
    }

    private sealed record Reading(DateTime Written, TimeSpan Offset, long CheckedAt);
}
