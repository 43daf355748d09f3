using MassTransit;
using MassTransit.RetryPolicies;

namespace SmartCity.Messaging;

/// <summary>
/// Waits long for what passes by itself (PostgreSQL killed, a lost race) and tries anything else a few times before it goes to the error queue.
/// The patience ends before RabbitMQ's consumer timeout of 30 minutes, at which the broker would take the channel away.
/// </summary>
internal sealed class PatientRetry(TimeProvider time) : IRetryPolicy
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan[] OwnFaultPauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    public bool IsHandled(Exception exception) => true;

    public RetryPolicyContext<T> CreatePolicyContext<T>(T context)
        where T : class, PipeContext => new Delivery<T>(this, context, time.GetTimestamp());

    public void Probe(ProbeContext context) => context.Add("policy", "patient");

    private sealed class Delivery<T>(PatientRetry policy, T context, long started) : BaseRetryPolicyContext<T>(policy, context)
        where T : class, PipeContext
    {
        public override bool CanRetry(Exception exception, out RetryContext<T> retryContext) =>
            ((RetryContext<T>)CreateRetryContext(exception, CancellationToken)).CanRetry(exception, out retryContext);

        protected override RetryContext<T> CreateRetryContext(Exception exception, CancellationToken cancellationToken) =>
            new Attempt<T>(policy, Context, exception, started, 0, 0, null, cancellationToken);
    }

    private sealed class Attempt<T>(
        PatientRetry policy, T context, Exception exception, long started, int retryCount, int ownFaults, TimeSpan? delay,
        CancellationToken cancellationToken)
        : BaseRetryContext<T>(context, exception, retryCount, cancellationToken), RetryContext<T>
        where T : class, PipeContext
    {
        public override TimeSpan? Delay => delay;

        public bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            var passing = Faults.IsInfrastructure(exception);
            var again = passing ? policy.IsPatient(started) : ownFaults < OwnFaultPauses.Length;
            var pause = passing || !again ? Backoff(RetryCount) : OwnFaultPauses[ownFaults];
            retryContext = new Attempt<T>(
                policy, Context, exception, started, RetryCount + 1, passing ? ownFaults : ownFaults + 1, pause, CancellationToken);
            return again && !CancellationToken.IsCancellationRequested;
        }
    }

    private bool IsPatient(long started) => time.GetElapsedTime(started) < Patience;

    /// <summary>0.1 s doubling up to the longest, spread so that a fleet of consumers does not return at the same moment.</summary>
    private static TimeSpan Backoff(int attempt)
    {
        var pause = Math.Min(LongestPause.TotalSeconds, 0.1 * Math.Pow(2, Math.Min(attempt, 10)));
        return TimeSpan.FromSeconds(pause * (0.75 + 0.25 * Random.Shared.NextDouble()));
    }
}
