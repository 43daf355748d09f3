using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using SmartCity.Testing;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class CityClockTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("smartcity-clock-");

    private string ClockFile => Path.Combine(folder.FullName, "clock");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Without_a_file_named_it_is_the_systems_clock() => CityClock.From(new ConfigurationBuilder().Build()).ShouldBe(TimeProvider.System);

    [Fact]
    public void A_file_that_is_not_there_means_real_time() => Clock().GetUtcNow().ShouldBe(TimeProvider.System.GetUtcNow(), Moment);

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    public void A_file_that_cannot_be_read_as_an_offset_means_real_time(string content)
    {
        File.WriteAllText(ClockFile, content);

        Clock().GetUtcNow().ShouldBe(TimeProvider.System.GetUtcNow(), Moment);
    }

    [Fact]
    public async Task Every_move_is_seen_once_the_longest_lag_is_over()
    {
        var clock = Clock();
        var winter = new DateTimeOffset(2026, 1, 20, 8, 0, 0, TimeSpan.Zero);
        foreach (var time in new[] { winter, winter.AddDays(30), winter.AddDays(-30) })
        {
            clock.GetUtcNow().ShouldNotBe(time, Moment);
            CityClock.Move(ClockFile, time);
            var moved = Stopwatch.GetTimestamp();
            await Eventually.Async(() => Stopwatch.GetElapsedTime(moved) > CityClock.MaxLag);

            clock.GetUtcNow().ShouldBe(time, Moment);
        }
    }

    [Fact]
    public async Task When_the_file_is_gone_time_is_real_again()
    {
        CityClock.Move(ClockFile, TimeProvider.System.GetUtcNow().AddDays(-90));
        var clock = Clock();
        clock.GetUtcNow().ShouldBe(TimeProvider.System.GetUtcNow().AddDays(-90), Moment);

        File.Delete(ClockFile);

        await Eventually.Async(() => (TimeProvider.System.GetUtcNow() - clock.GetUtcNow()).Duration() < Moment);
    }

    private TimeProvider Clock() =>
        CityClock.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Clock:File"] = ClockFile }).Build());
}
