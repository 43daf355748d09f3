using System.Net.Sockets;
using MassTransit;
using MassTransit.Middleware;
using Npgsql;

namespace SmartCity.Messaging.Tests;

public sealed class PatientRetryTests
{
    private static readonly Exception Away = new NpgsqlException("away", new SocketException((int)SocketError.ConnectionRefused));
    private static readonly Exception Mistake = new InvalidOperationException("a mistake of ours");

    private readonly StopClock clock = new();

    [Fact]
    public void An_absent_database_is_waited_for_with_growing_pauses_of_at_most_five_seconds()
    {
        var pauses = Retry(Enumerable.Repeat(Away, 300));

        pauses.Count.ShouldBeGreaterThan(200);
        pauses.Take(3).ShouldAllBe(pause => pause < TimeSpan.FromSeconds(0.5));
        pauses.ShouldAllBe(pause => pause <= TimeSpan.FromSeconds(5));
        pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause).ShouldBeInRange(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(21));
    }

    [Fact]
    public void A_fault_of_the_consumers_own_is_tried_three_times_more() =>
        Retry(Enumerable.Repeat(Mistake, 10)).ShouldBe([TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)]);

    [Fact]
    public void Waiting_for_the_database_does_not_use_up_the_tries_for_an_own_fault() =>
        Retry([Away, Away, Mistake, Away, Mistake, Mistake, Mistake]).Count.ShouldBe(6);

    /// <summary>The pauses before each further try, until the policy gives up; time passes as it asks for.</summary>
    private List<TimeSpan> Retry(IEnumerable<Exception> faults)
    {
        IRetryPolicy policy = new PatientRetry(clock);
        using var delivery = policy.CreatePolicyContext<PipeContext>(new Delivery());
        var pauses = new List<TimeSpan>();
        RetryContext<PipeContext>? attempt = null;
        foreach (var fault in faults)
        {
            RetryContext<PipeContext> next;
            if (!(attempt is null ? delivery.CanRetry(fault, out next) : attempt.CanRetry(fault, out next))) break;
            attempt = next;
            pauses.Add(attempt.Delay!.Value);
            clock.Pass(attempt.Delay.Value);
        }

        return pauses;
    }

    private sealed class Delivery : BasePipeContext;

    private sealed class StopClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => ticks += time.Ticks;

        public override long GetTimestamp() => ticks;
    }
}
