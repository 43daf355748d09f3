using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;
using SmartCity.Testing;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class TraceBudgetTests
{
    private static readonly IConfiguration Ten = new ConfigurationBuilder().AddInMemoryCollection([new("Traces:PerSecond", "10")]).Build();

    [Fact]
    public async Task Of_a_crowd_so_many_a_second_are_recorded_and_a_second_later_as_many_again()
    {
        var sampler = TraceBudget.From(Ten);
        var started = Stopwatch.GetTimestamp();
        var recorded = Enumerable.Range(0, 1000).Count(_ => IsRecorded(sampler, default));
        // A second may end while they come; so many seconds, so many tens.
        recorded.ShouldBeInRange(10, 10 * (2 + (int)Stopwatch.GetElapsedTime(started).TotalSeconds));

        await Eventually.Async(() => Task.FromResult(IsRecorded(sampler, default)), TimeSpan.FromSeconds(5), "a new second begins");
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    [InlineData(ActivityTraceFlags.None, false)]
    public void A_trace_is_recorded_whole_or_not_at_all(ActivityTraceFlags flags, bool recorded)
    {
        var sampler = TraceBudget.From(Ten);
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, isRemote: true);

        Enumerable.Range(0, 100).Count(_ => IsRecorded(sampler, parent)).ShouldBe(recorded ? 100 : 0);
    }

    [Fact]
    public void A_stranger_does_not_decide_what_is_recorded()
    {
        var sampler = TraceBudget.From(Ten, trustsCallers: false);
        ActivityContext Stranger(ActivityTraceFlags flags) => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, isRemote: true);

        IsRecorded(sampler, Stranger(ActivityTraceFlags.None)).ShouldBeTrue();
        Enumerable.Range(0, 1000).Count(_ => IsRecorded(sampler, Stranger(ActivityTraceFlags.Recorded))).ShouldBeLessThan(1000);
    }

    private static bool IsRecorded(Sampler sampler, ActivityContext parent) =>
        sampler.ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "span", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;
}
